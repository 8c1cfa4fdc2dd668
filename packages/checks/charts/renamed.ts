import { isRecord, type Manifest, titleOf } from '../model/manifest.js';
import { nearest } from '../model/nearest-name.js';
import { type ChartProblem, type ChartProof, lastingByTitle } from './chart-proof.js';
import type { Rendering } from './renderings.js';

/** What somebody else holds by its name, and what is lost with it. */
const HELD: Readonly<Record<string, string>> = {
  Service: 'clients find it by this name, those of other charts and namespaces too',
  Secret: 'what others read of it is gone, and a password that was made in it as well',
  PersistentVolumeClaim: 'its data stay behind, or are deleted with it; the new claim is empty',
  StatefulSet: 'the claims of its pods are called after it, so the new pods begin without data',
};
const HOLDS_DATA = new Set(['PersistentVolumeClaim', 'StatefulSet']);

/** After an upgrade, what clients and data are bound to has the name that it had. */
export const renamed = {
  id: 'CAFE115',
  severity: 'risk',
  title: 'An upgrade renames or deletes what clients and data are bound to',
  why: 'The upgrade succeeds. Clients then look for a name that is gone, and a StatefulSet under a new name begins with empty volumes beside the old ones.',
  problems: ({ upgrades, chart }) =>
    upgrades.flatMap(([older, newer]) => {
      const now = lastingByTitle(newer);
      return [...lastingByTitle(older)].flatMap(([title, was]): ChartProblem[] => {
        const is = now.get(title);
        const when = `an upgrade of ${newer.variation.title}`;
        if (is) return missingKeys(was, is, newer, when);
        const lost = HELD[was.kind];
        if (lost === undefined) return [];
        const likely = likelyName(was, newer);
        return [
          {
            manifest: was,
            rendering: newer,
            problem: {
              severity: HOLDS_DATA.has(was.kind) ? 'broken' : 'risk',
              when,
              field: 'metadata.name',
              found: `nothing of this name in ${chart.title}`,
              expected: `${was.kind} ${was.name}, as in ${was.source}: ${lost}`,
              likely,
              change: `keep the name ${was.name}${HOLDS_DATA.has(was.kind) ? '' : ', beside the new one for a while,'} or say in the notes of the upgrade what to do before it`,
            },
          },
        ];
      });
    }),
} as const satisfies ChartProof;

const likelyName = ({ kind, name }: Manifest, { manifests }: Rendering): string | undefined => {
  const names = manifests.flatMap((each) => (each.kind === kind ? [each.name] : []));
  return nearest(name, names) ?? (names.length === 1 ? names[0] : undefined);
};

function missingKeys(was: Manifest, is: Manifest, rendering: Rendering, when: string): ChartProblem[] {
  if (was.kind !== 'Secret') return [];
  const keys = new Set(keysOf(is));
  const gone = keysOf(was).filter((key) => !keys.has(key));
  if (gone.length === 0) return [];
  return [
    {
      manifest: is,
      rendering,
      problem: {
        when,
        field: 'data',
        found: `the keys ${[...keys].join(', ') || '(none)'}`,
        expected: `${gone.join(', ')} as well, as in ${was.source}: who reads ${titleOf(was)} by that key no longer starts`,
        change: `keep ${gone.join(' and ')}`,
      },
    },
  ];
}

const keysOf = ({ content }: Manifest): string[] =>
  ['data', 'stringData'].flatMap((field) => {
    const entries = content[field];
    return isRecord(entries) ? Object.keys(entries) : [];
  });
