import { type Manifest, titleOf } from '../model/manifest.js';
import { type ChartProblem, type ChartProof, isHook } from './chart-proof.js';
import type { Chart } from './chart.js';
import { differences } from './differences.js';
import type { Rendering } from './renderings.js';
import { storeReading } from './stateful.js';

/** Two renderings of one release are the same, to the byte: an upgrade changes nothing that nobody changed. */
export const newEachTime = {
  id: 'CAFE114',
  severity: 'risk',
  title: 'Each rendering of a chart makes another value',
  why: 'An upgrade that changes nothing gives everybody another password or certificate: a database keeps the old one in its data, and refuses its clients from then on.',
  problems: ({ chart, twice }) =>
    twice.flatMap(([one, other]) => {
      const others = new Map(other.manifests.map((manifest) => [titleOf(manifest), manifest]));
      return one.manifests.flatMap((manifest) =>
        isMadeOnce(manifest) ? [] : of(chart, one, manifest, others.get(titleOf(manifest))),
      );
    }),
} as const satisfies ChartProof;

/** A hook of the first install alone, or a Job, which is called anew on purpose. */
const isMadeOnce = (manifest: Manifest): boolean =>
  manifest.kind === 'Job' ||
  (isHook(manifest) && !/upgrade|rollback/.test(manifest.annotations['helm.sh/hook'] ?? ''));

function of(
  chart: Chart,
  rendering: Rendering,
  manifest: Manifest,
  other: Manifest | undefined,
): ChartProblem[] {
  const when = rendering.variation.values === undefined ? undefined : rendering.variation.title;
  if (!other) {
    return [
      {
        manifest,
        rendering,
        problem: {
          when,
          field: 'metadata.name',
          found: manifest.name,
          expected: 'the same name in each rendering: an upgrade deletes the object and makes another',
          change: 'make the name of the release and of what the object holds',
        },
      },
    ];
  }
  const changed = differences(manifest.content, other.content).map(({ path }) => path);
  // A checksum only follows from what it is of.
  const own = changed.filter((path) => !path.some((step) => step.startsWith('checksum/')));
  const [first] = own;
  if (!first) return [];
  const fields = own.map((path) => fieldText(path));
  const problem = { when, field: fields.join(', '), found: 'another value in each rendering' };
  if (manifest.kind !== 'Secret') {
    return [
      {
        manifest,
        rendering,
        problem: {
          ...problem,
          severity: 'advice',
          expected:
            'the same value as long as nobody changes one: each upgrade changes this object, and restarts pods by it',
          change: 'make it of the values or the version, or of a checksum of what the pods read',
        },
      },
    ];
  }
  const store = storeReading(rendering, manifest.namespace, manifest.name);
  const kept = looksUp(chart);
  return [
    {
      manifest,
      rendering,
      problem: {
        ...problem,
        severity: kept ? 'advice' : store === undefined ? 'risk' : 'broken',
        expected: `the value of the first install${store === undefined ? '' : `: the data of ${store} keep it`}${kept ? '; lookup finds it where Helm asks a cluster, but nothing finds it in helm template, in Argo CD or in a dry run' : '; an upgrade replaces it'}`,
        change: kept
          ? 'refuse to render without a cluster (fail) unless the value is given or the Secret named'
          : 'keep what is there (lookup "v1" "Secret"), and take the value or the name of a Secret from the values',
      },
    },
  ];
}

const looksUp = ({ files }: Chart): boolean =>
  [...files].some(([path, text]) => path.includes('templates/') && /\blookup\s+"v1"\s+"Secret"/.test(text));

const fieldText = (path: readonly string[]): string =>
  path
    .map((step) => (/[./]/.test(step) ? `[${step}]` : step))
    .join('.')
    .replaceAll('.[', '[');
