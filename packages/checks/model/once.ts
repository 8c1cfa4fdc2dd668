import type { Cluster } from './cluster.js';

/** A question about a cluster that several proofs ask: it is answered once for each cluster. */
export function once<Result>(compute: (cluster: Cluster) => Result): (cluster: Cluster) => Result {
  const computed = new WeakMap<Cluster, { readonly result: Result }>();
  return (cluster) => {
    const known = computed.get(cluster);
    if (known) return known.result;
    const result = compute(cluster);
    computed.set(cluster, { result });
    return result;
  };
}
