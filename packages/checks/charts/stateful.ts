import { titleOf } from '../model/manifest.js';
import { references } from '../proofs/references/references.js';
import type { Rendering } from './renderings.js';

/** The workload with data of its own that reads a Secret: they stay as they are while the Secret changes. */
export function storeReading({ cluster }: Rendering, namespace: string, secret: string): string | undefined {
  const reader = references(cluster).find(
    ({ workload, kind, name }) =>
      kind === 'Secret' &&
      name === secret &&
      workload.namespace === namespace &&
      ((workload.spec?.volumeClaimTemplates.length ?? 0) > 0 ||
        workload.pod.volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined)),
  );
  return reader && titleOf(reader.workload);
}
