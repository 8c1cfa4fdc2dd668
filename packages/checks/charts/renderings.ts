import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from '../model/cluster.js';
import { documentsOf, type Manifest, type Unreadable } from '../model/manifest.js';
import { placed } from '../model/namespaces.js';
import type { Chart } from './chart.js';
import { renderChart, type Rendered } from './helm.js';
import {
  LONGEST_RELEASE,
  releaseNames,
  SHORT_RELEASE,
  type Variation,
  valueVariations,
} from './variations.js';

/** A chart as Helm rendered it once. */
export interface Rendering {
  readonly variation: Variation;
  readonly manifests: readonly Manifest[];
  readonly unreadable: readonly Unreadable[];
  readonly cluster: Cluster;
}

/** A variation of which there are no objects, and the reason in Helm's words. */
export interface Unrendered {
  readonly variation: Variation;
  readonly reason: string;
}

/** Everything that was rendered of a chart. */
export interface Renderings {
  readonly chart: Chart;
  readonly namespace: string;
  /** A short release name, and nothing set but the user's own values. */
  readonly base: Rendering;
  /** Other names and values, each where it makes something else than the base. */
  readonly varied: readonly Rendering[];
  /** The same twice. */
  readonly twice: readonly (readonly [Rendering, Rendering])[];
  /** Two releases that are installed into one namespace. */
  readonly together: readonly (readonly [Rendering, Rendering])[];
  /** An older version of the chart and this one, under the same name. */
  readonly upgrades: readonly (readonly [older: Rendering, newer: Rendering])[];
  readonly failed: readonly Unrendered[];
  /** What the chart itself refuses. */
  readonly refused: readonly Unrendered[];
  /** How often Helm was asked. */
  readonly count: number;
}

/** What is rendered. */
export interface RenderingOptions {
  /** The user's own files of values. @default - none */
  readonly valueFiles?: readonly string[];
  /** An older version, whose releases are upgraded to this one. @default - none */
  readonly older?: Chart | undefined;
  /** The namespace of the releases. @default 'somewhere' */
  readonly namespace?: string | undefined;
  /** Told what is being done. @default - nobody */
  readonly progress?: ((line: string) => void) | undefined;
}

/** What gives another result each time. */
const NEW_EACH_TIME =
  /\b(?:rand(?:AlphaNum|Alpha|Numeric|Ascii|Bytes|Int)|gen(?:CA|SelfSignedCert|SignedCert|PrivateKey)\w*|uuidv4|now|shuffle|bcrypt|htpasswd|encryptAES)\b/;

const BASE: Variation = {
  title: `the release name ${SHORT_RELEASE}`,
  release: SHORT_RELEASE,
  counts: 'everything',
  worst: 'broken',
};
const otherRelease = (release: string): Variation => ({
  ...BASE,
  title: `the release name ${release}`,
  release,
});

/**
 * Renders a chart under other names and values, twice, beside itself, and after an older version.
 *
 * @throws Error when Helm is not here, or cannot render the chart with the user's values
 */
export async function renderChartVaried(chart: Chart, options: RenderingOptions): Promise<Renderings> {
  const scratch = mkdtempSync(join(tmpdir(), 'cafe-values-'));
  try {
    return await new Renderer(chart, options, scratch).all();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

class Renderer {
  private count = 0;
  private readonly namespace: string;
  private readonly failed: Unrendered[] = [];
  private readonly refused: Unrendered[] = [];

  constructor(
    private readonly chart: Chart,
    private readonly options: RenderingOptions,
    private readonly scratch: string,
  ) {
    this.namespace = options.namespace ?? 'somewhere';
  }

  async all(): Promise<Renderings> {
    const { chart, namespace } = this;
    const { older } = this.options;
    const first = await this.render(chart, BASE);
    if (!('text' in first)) {
      const reason = 'refused' in first ? first.refused : first.failed;
      throw new Error(`helm template ${BASE.release} ${chart.title} fails: ${reason}`);
    }
    const base = this.read(chart, BASE, first.text);
    const variations = [...releaseNames(chart), ...valueVariations(chart.values)];
    const seen = new Set([first.text]);
    const varied = await inParallel(variations, async (variation) => this.kept(chart, variation, seen));
    // Not as they came, which is another order each time.
    const inOrder = (some: readonly Unrendered[]): readonly Unrendered[] =>
      variations.flatMap((each) => some.filter(({ variation }) => variation === each));
    const isRandom = [...chart.files].some(
      ([path, text]) => path.endsWith('.tgz') || (path.includes('templates/') && NEW_EACH_TIME.test(text)),
    );
    // What is switched on may make a password that the base does not.
    const switched = present(varied).filter(
      ({ variation }) => variation.values !== undefined && variation.counts === 'broken',
    );
    const twice = isRandom
      ? await inParallel([base, ...switched], async (each) => this.pair(chart, each, each.variation))
      : [];
    const long = 'x'.repeat(LONGEST_RELEASE);
    const longest = varied.find((each) => each?.variation.release === long);
    const together = await inParallel(
      [
        [base, otherRelease('r2')],
        [longest, otherRelease(`${long.slice(1)}y`)],
      ] as const,
      async ([one, other]) => (one ? this.pair(chart, one, other) : undefined),
    );
    const upgrades = older
      ? await inParallel(
          [base, ...present(varied).filter(({ variation }) => variation.values === undefined)],
          async (newer) => {
            const pair = await this.pair(older, newer, newer.variation);
            return pair && ([pair[1], newer] as const);
          },
        )
      : [];
    this.options.progress?.('');
    return {
      chart,
      namespace,
      base,
      varied: present(varied),
      twice: present(twice),
      together: present(together),
      upgrades: present(upgrades),
      failed: inOrder(this.failed),
      refused: inOrder(this.refused),
      count: this.count,
    };
  }

  /** A rendering that is like none before; else nothing. */
  private async kept(chart: Chart, variation: Variation, seen: Set<string>): Promise<Rendering | undefined> {
    const rendered = await this.render(chart, variation);
    if ('text' in rendered) {
      if (seen.has(rendered.text)) return undefined;
      seen.add(rendered.text);
      return this.read(chart, variation, rendered.text);
    }
    if ('refused' in rendered) this.refused.push({ variation, reason: rendered.refused });
    else if (variation.counts !== 'types' || rendered.failed.startsWith('YAML parse error')) {
      this.failed.push({ variation, reason: rendered.failed });
    }
    return undefined;
  }

  /** A rendering beside another one. Where there is no other, that is said elsewhere. */
  private async pair(
    chart: Chart,
    one: Rendering,
    variation: Variation,
  ): Promise<readonly [Rendering, Rendering] | undefined> {
    const rendered = await this.render(chart, variation);
    return 'text' in rendered ? [one, this.read(chart, variation, rendered.text)] : undefined;
  }

  private render({ directory }: Chart, { title, release, values }: Variation): Promise<Rendered> {
    this.count += 1;
    this.options.progress?.(`rendering ${this.count}: ${title}`);
    const valueFiles = [...(this.options.valueFiles ?? [])];
    if (values !== undefined) {
      const file = join(this.scratch, `${this.count}.json`);
      writeFileSync(file, JSON.stringify(values));
      valueFiles.push(file);
    }
    return renderChart({ directory, release, namespace: this.namespace, valueFiles });
  }

  private read(chart: Chart, variation: Variation, text: string): Rendering {
    const documents = documentsOf(text, chart.title);
    const manifests = placed(
      documents.flatMap((document) => ('manifest' in document ? [document.manifest] : [])),
      { namespace: this.namespace, known: true },
    );
    const unreadable = documents.flatMap((document) =>
      'unreadable' in document ? [document.unreadable] : [],
    );
    return { variation, manifests, unreadable, cluster: new Cluster(manifests) };
  }
}

const present = <Value>(values: readonly (Value | undefined)[]): readonly Value[] =>
  values.flatMap((value) => (value === undefined ? [] : [value]));

/** As many at a time as there are processors; the results in the order of what they are of. */
async function inParallel<Task, Result>(
  tasks: readonly Task[],
  work: (task: Task) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = tasks.entries();
  const worker = async (): Promise<void> => {
    for (const [index, task] of waiting) results[index] = await work(task);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
