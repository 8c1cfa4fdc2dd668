import type { Cluster, Workload } from '../../model/cluster.js';
import { containersOf } from '../../model/containers.js';
import { isExternal } from '../../model/annotations.js';
import { isMade } from '../../model/made-objects.js';
import { titleOf } from '../../model/manifest.js';
import { isNamespaced } from '../../model/namespaces.js';
import { once } from '../../model/once.js';
import type { PodSpec } from '../../model/schemas.js';
import type { Explanation, Problem } from '../proof.js';

/** A place in a pod that names another object, or a key of one. */
export interface Reference {
  readonly workload: Workload;
  /** Below the pod's spec. */
  readonly field: string;
  readonly kind: string;
  readonly name: string;
  /** The key of a ConfigMap or Secret. */
  readonly key?: string;
}

/** In every namespace without anybody's doing. */
const BUILT_IN = new Set(['ServiceAccount default', 'ConfigMap kube-root-ca.crt']);
const SYSTEM_PRIORITIES = new Set(['system-cluster-critical', 'system-node-critical']);

/** Everything that a pod must find when it starts; what is optional is not among it. */
export const references = once((cluster): readonly Reference[] =>
  cluster.workloads.flatMap((workload) =>
    [...ofVariables(workload), ...ofPod(workload.pod), ...ofVolumes(workload.pod)].map((each) => ({
      workload,
      ...each,
    })),
  ),
);

/** Whether what a pod refers to is there, or somebody else makes it. */
export const isThere = (cluster: Cluster, { workload: { namespace }, kind, name }: Reference): boolean =>
  isPresent(cluster, { kind, namespace, name });

/** Whether an object is there, or somebody else makes it. */
export function isPresent(
  cluster: Cluster,
  { kind, namespace, name }: { readonly kind: string; readonly namespace: string; readonly name: string },
): boolean {
  return (
    cluster.find(kind, isNamespaced({ kind }) ? namespace : '', name) !== undefined ||
    BUILT_IN.has(`${kind} ${name}`) ||
    isExternal(cluster, namespace, kind, name) ||
    isMade(cluster, kind, namespace, name)
  );
}

/** A problem with a field of the pod. */
export const podProblem = (workload: Workload, field: string, explanation: Explanation): Problem => ({
  object: titleOf(workload),
  field: `${workload.podPath}.${field}`,
  ...explanation,
});

type Place = Omit<Reference, 'workload'>;

function ofVariables(workload: Workload): Place[] {
  const containers = containersOf(workload);
  const keys = containers.flatMap(({ list, container }) =>
    container.env.flatMap(({ name: variable, valueFrom }): Place[] => {
      const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
      if (!reference || reference.optional) return [];
      const { name, key } = reference;
      const field = `${list}[${container.name}].env[${variable}].valueFrom`;
      return [{ field, kind: valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret', name, key }];
    }),
  );
  const whole = containers.flatMap(({ list, container }) =>
    container.envFrom.flatMap(({ configMapRef, secretRef }, index): Place[] => {
      const reference = configMapRef ?? secretRef;
      if (!reference || reference.optional) return [];
      const field = `${list}[${container.name}].envFrom[${index}]`;
      return [{ field, kind: configMapRef ? 'ConfigMap' : 'Secret', name: reference.name }];
    }),
  );
  return [...keys, ...whole];
}

function ofPod({ serviceAccountName, imagePullSecrets, priorityClassName }: PodSpec): Place[] {
  return [
    ...(serviceAccountName === undefined
      ? []
      : [{ field: 'serviceAccountName', kind: 'ServiceAccount', name: serviceAccountName }]),
    ...imagePullSecrets.map(({ name }) => ({ field: 'imagePullSecrets', kind: 'Secret', name })),
    ...(priorityClassName === undefined || SYSTEM_PRIORITIES.has(priorityClassName)
      ? []
      : [{ field: 'priorityClassName', kind: 'PriorityClass', name: priorityClassName }]),
  ];
}

function ofVolumes({ volumes }: PodSpec): Place[] {
  return volumes.flatMap(({ name: volume, configMap, secret, persistentVolumeClaim }): Place[] => {
    const field = `volumes[${volume}]`;
    const files = (kind: string, name: string, items: readonly { readonly key: string }[]): Place[] =>
      items.length === 0 ? [{ field, kind, name }] : items.map(({ key }) => ({ field, kind, name, key }));
    if (configMap && !configMap.optional) return files('ConfigMap', configMap.name, configMap.items);
    if (secret && !secret.optional) return files('Secret', secret.secretName, secret.items);
    return persistentVolumeClaim
      ? [{ field, kind: 'PersistentVolumeClaim', name: persistentVolumeClaim.claimName }]
      : [];
  });
}
