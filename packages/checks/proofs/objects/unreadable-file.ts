import type { Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

const FIELD = 'the file';

/** Each file that `kubectl apply -f` reads holds objects of the cluster. */
export const unreadableFile = {
  id: 'CAFE101',
  title: 'A file that kubectl apply cannot read',
  why: 'kubectl apply ends with an error after it has applied what stood before it.',
  problems: (cluster, { unreadable = [] }) => [
    ...unreadable.map(({ source, problem }) => ({
      object: source,
      field: FIELD,
      found: problem,
      expected:
        'Kubernetes objects only: kubectl reads each .yaml, .yml and .json at the top level of the directory, and fails as a whole',
      change: `move ${source} into a folder below, or mend it`,
    })),
    ...cluster.manifests
      .filter(({ apiVersion }) => apiVersion.startsWith('kustomize.config.k8s.io/'))
      .map((manifest) =>
        objectProblem({ ...manifest, name: manifest.source }, FIELD, {
          found: 'a kustomization',
          expected: 'objects of the cluster: kubectl apply -f has no such kind, and fails as a whole',
          change: `move ${manifest.source} out of the directory, or apply it with -k`,
        }),
      ),
  ],
} as const satisfies Proof;
