import { toCloudNativePgCluster, toCloudNativePgPooler } from '../../model/cloudnative-pg.js';
import { once } from '../../model/once.js';

/** Every Cluster of the operator. */
export const postgresClusters = once((cluster) =>
  cluster.manifests.flatMap((manifest) => toCloudNativePgCluster(manifest) ?? []),
);

/** Every Pooler of the operator. */
export const poolers = once((cluster) =>
  cluster.manifests.flatMap((manifest) => toCloudNativePgPooler(manifest) ?? []),
);
