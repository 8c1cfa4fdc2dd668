import { manifestsByTitle } from '../check.js';
import type { Finding } from '../model/finding.js';
import type { Manifest } from '../model/manifest.js';
import type { Chart } from './chart.js';
import type { Rendering } from './renderings.js';
import { templatePlace } from './template-place.js';
import { SHORT_RELEASE, type Variation } from './variations.js';

/** Ids that say of a chart what its renderings show better. */
const SHOWN_BETTER: ReadonlySet<string> = new Set([
  'CAFE013',
  // What a chart makes of its values is no value in a repository.
  'CAFE091',
]);

/** One finding, the objects that have it, and the names and values with which it happens. */
interface Cause {
  readonly finding: Finding;
  readonly objects: Set<string>;
  readonly whens: Set<string>;
}

/** Findings of many renderings, each cause once: objects are called differently in each, so they go by their template. */
export class Causes {
  private readonly byKey = new Map<string, Cause>();

  constructor(private readonly chart: Chart) {}

  add(findings: readonly Finding[], { manifests, variation }: Rendering, about?: Manifest): void {
    const byTitle = manifestsByTitle(manifests);
    for (const finding of findings) {
      if (SHOWN_BETTER.has(finding.id)) continue;
      const { object, field, when } = finding;
      const manifest = about ?? byTitle.get(object);
      const origin = manifest ? `${manifest.kind} ${manifest.template ?? ''}` : object;
      const key =
        sharedCause(finding) ??
        [finding.id, withoutRelease(origin, variation), withoutRelease(field, variation)].join('\n');
      const known = this.byKey.get(key);
      if (known) {
        known.objects.add(object);
        if (when !== undefined) known.whens.add(when);
        continue;
      }
      const place = manifest ? templatePlace(this.chart, manifest, field) : {};
      this.byKey.set(key, {
        finding: { ...finding, line: undefined, column: undefined, ...place },
        objects: new Set([object]),
        whens: new Set(when === undefined ? [] : [when]),
      });
    }
  }

  findings(): Finding[] {
    return [...this.byKey.entries()].map(([key, { finding, objects, whens }]) => {
      const { found, when } = finding;
      const isShared = sharedCause(finding) === key;
      return {
        ...finding,
        found: isShared && objects.size > 1 ? `${found}, and so in ${others(objects, 'object')}` : found,
        when: when === undefined || whens.size < 2 ? when : `${when}, and ${others(whens, 'case')}`,
      };
    });
  }
}

const others = ({ size }: ReadonlySet<string>, what: string): string =>
  size === 2 ? `1 other ${what}` : `${size - 1} other ${what}s`;

/** A release's name that is refused is so in each object that has it, and in its labels; the mistake is in one place. */
function sharedCause({ id, found, field, when }: Finding): string | undefined {
  if (when === undefined) return undefined;
  if (id === 'CAFE112') return `${id} ${when}`;
  if (id !== 'CAFE100' && id !== 'CAFE102') return undefined;
  return /^(?:\d[\d.e+]*|true|false)$/.test(found) ? `unquoted ${when}` : `${id} ${field}`;
}

/** The release's name, cut as a chart may cut it, stands in names and in texts that are made of it. */
function withoutRelease(text: string, { release }: Variation): string {
  const shortest = Math.min(release.length, 12);
  for (let length = release.length; length >= shortest; length -= 1) {
    const begin = release.slice(0, length);
    if (text.includes(begin)) return text.replaceAll(begin, SHORT_RELEASE);
  }
  return text;
}
