import { EXTERNAL } from '@cafe-lumiere/contract';
import type { Cluster, Workload } from './cluster.js';
import { once } from './once.js';

// What a manifest says to the checks, in annotations of its own metadata (not of a pod template, where a change would
// restart pods). The contract has their names.

const externals = once(
  (cluster): ReadonlySet<string> =>
    new Set(
      cluster.manifests.flatMap(({ namespace, annotations }) =>
        listed(annotations[EXTERNAL]).map((entry) => `${namespace} ${entry}`),
      ),
    ),
);

/** Whether an object of the namespace declares that this one comes from elsewhere. */
export const isExternal = (cluster: Cluster, namespace: string, kind: string, name: string): boolean =>
  externals(cluster).has(`${namespace} ${kind}/${name}`);

/** The entries of a list with commas. */
export const listed = (text = ''): string[] => text.split(',').flatMap((entry) => entry.trim() || []);

/** The whole number that an annotation of a workload holds. */
export function numberDeclared({ annotations }: Workload, annotation: string): number | undefined {
  const text = annotations[annotation]?.trim();
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
