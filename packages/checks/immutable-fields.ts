import type { Finding } from './finding.js';
import { isRecord, type Manifest, titleOf } from './manifest.js';
import { hygieneFinding as say } from './hygiene-finding.js';

/** What an API server never lets an update change. */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.podManagementPolicy', 'spec.volumeClaimTemplates'],
  Job: ['spec.selector', 'spec.template', 'spec.completionMode'],
  Service: ['spec.clusterIP'],
  PersistentVolumeClaim: ['spec.storageClassName', 'spec.accessModes', 'spec.volumeName'],
  Secret: ['type'],
  RoleBinding: ['roleRef'],
  ClusterRoleBinding: ['roleRef'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
};

/** No field is changed that the API server never lets an update change. */
export function immutable(manifests: readonly Manifest[], previous: readonly Manifest[]): Finding[] {
  const before = new Map(previous.map((manifest) => [titleOf(manifest), manifest.content]));
  return manifests.flatMap((manifest) => {
    const old = before.get(titleOf(manifest));
    if (!old) return [];
    const fields = [
      ...(IMMUTABLE[manifest.kind] ?? []),
      ...(old['immutable'] === true ? ['data', 'binaryData'] : []),
    ];
    return fields.flatMap((field): Finding[] => {
      const [was, is] = [at(old, field), at(manifest.content, field)];
      if (
        JSON.stringify(was) === JSON.stringify(is) ||
        (manifest.kind === 'Service' &&
          (was === undefined || is === undefined) &&
          was !== 'None' &&
          is !== 'None')
      ) {
        return [];
      }
      return [
        say(
          manifest,
          'CAFE105',
          field,
          JSON.stringify(is) || 'nothing',
          `${JSON.stringify(was) || 'nothing'}, as in the committed version: the field is immutable, and apply fails with "field is immutable" where that version runs`,
          `set ${field} back, or give the object another name; to keep the name, delete the old object first`,
        ),
      ];
    });
  });
}

const at = (content: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), content);
