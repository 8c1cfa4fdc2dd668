import { LONGEST_RELEASE } from './variations.js';
import { type ChartProof, isHook } from './chart-proof.js';
import { titleOf } from '../model/manifest.js';

/** Two releases in one namespace have no object in common: Helm refuses the second, or they overwrite each other's. */
export const sameObject = {
  id: 'CAFE112',
  severity: 'risk',
  title: 'Two releases of a chart make the same object',
  why: 'Helm refuses the second release, because the object belongs to the first; with helm template and kubectl apply, the second overwrites the first.',
  problems: ({ together }) =>
    together.flatMap(([one, other]) => {
      const titles = new Set(one.manifests.map(titleOf));
      const names = `the releases ${one.variation.release} and ${other.variation.release} in one namespace`;
      return other.manifests.flatMap((manifest) =>
        titles.has(titleOf(manifest)) && !isHook(manifest)
          ? [
              {
                manifest,
                rendering: other,
                problem: {
                  // Helm refuses the second one in so many words, and hardly anybody has two whose names differ only there.
                  severity:
                    other.variation.release.length < LONGEST_RELEASE
                      ? ('risk' as const)
                      : ('advice' as const),
                  when: names,
                  field: 'metadata.name',
                  found: `${manifest.name}, in both`,
                  expected:
                    'a name that follows from the whole release name; Helm refuses the second release, because the object belongs to the first',
                  change: `make the name of {{ .Release.Name }}; where it has to be cut to a length, end it with a part of its hash (sha256sum)`,
                },
              },
            ]
          : [],
      );
    }),
} as const satisfies ChartProof;
