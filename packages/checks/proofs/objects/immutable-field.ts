import { isDeepStrictEqual } from 'node:util';
import { isRecord, type Manifest, titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/** What an API server never lets an update change, by kind. docs/checks.md lists it. */
export const IMMUTABLE_FIELDS: Readonly<Record<string, readonly string[]>> = {
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
export const immutableField = {
  id: 'CAFE105',
  title: 'A change of a field that can never change',
  why: 'The apply fails on the cluster where the older version runs, and only there: every test on a new cluster passes.',
  problems: (cluster, { previous = [], previousName = 'the committed version', releases = [] }) => {
    const rendered = new Set(releases.flatMap(({ manifests }) => manifests));
    const before = new Map(previous.map((manifest) => [titleOf(manifest), manifest]));
    return cluster.manifests.flatMap((manifest) => {
      const old = before.get(titleOf(manifest));
      return !old || rendered.has(manifest) ? [] : problems(manifest, old, previousName);
    });
  },
} as const satisfies Proof;

function problems(manifest: Manifest, { content: old }: Manifest, previousName: string): Problem[] {
  const fields = [
    ...(IMMUTABLE_FIELDS[manifest.kind] ?? []),
    ...(old['immutable'] === true ? ['data', 'binaryData'] : []),
  ];
  return fields.flatMap((field): Problem[] => {
    const [was, is] = [at(old, field), at(manifest.content, field)];
    if (isDeepStrictEqual(was, is)) return [];
    // The API server gives a Service its address by itself; only from or to a headless one nothing leads.
    const isGiven = (was === undefined || is === undefined) && was !== 'None' && is !== 'None';
    if (manifest.kind === 'Service' && isGiven) return [];
    return [
      objectProblem(manifest, field, {
        found: JSON.stringify(is) || 'nothing',
        expected: `${JSON.stringify(was) || 'nothing'}, as in ${previousName}: the field is immutable, and apply fails with "field is immutable" where that version runs`,
        change: `set ${field} back, or give the object another name; to keep the name, delete the old object first`,
      }),
    ];
  });
}

const at = (content: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), content);
