import { type Manifest, titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/** Each object is there once. */
export const duplicateObject = {
  id: 'CAFE103',
  title: 'The same object twice',
  why: 'The last one wins; what the first one says is lost, without a word.',
  problems: (cluster) => {
    const seen = new Map<string, Manifest>();
    return cluster.manifests.flatMap((manifest): Problem[] => {
      const key = `${manifest.apiVersion.split('/')[0] ?? ''} ${titleOf(manifest)}`;
      const first = seen.get(key);
      if (!first || manifest.name === '') {
        seen.set(key, manifest);
        return [];
      }
      return [
        objectProblem(manifest, 'metadata.name', {
          found: `the same name twice, in ${first.source} and ${manifest.source}`,
          expected: 'each object once: the second apply overwrites the first without a word',
          change: 'delete one of the two, or rename it',
        }),
      ];
    });
  },
} as const satisfies Proof;
