import type * as k8s from './k8s.js';

/** In every cluster without anybody's doing. */
const BUILT_IN = ['PriorityClass/system-cluster-critical', 'PriorityClass/system-node-critical'];

/**
 * What pods need that is in the cluster before they are, for the checks: `Secret/keys`. What pods start without is not
 * among it.
 *
 * @param own - those that are in the manifests
 */
export function externalObjects(pod: k8s.PodSpec, own: ReadonlySet<string>): string[] {
  const containers = [...(pod.initContainers ?? []), ...pod.containers];
  const named = [
    ...containers.flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom: { configMapKeyRef, secretKeyRef } = {} }) => [
        ...entry('ConfigMap', configMapKeyRef?.name),
        ...(secretKeyRef?.optional ? [] : entry('Secret', secretKeyRef?.name)),
      ]),
    ),
    ...(pod.volumes ?? []).flatMap(({ configMap, secret, persistentVolumeClaim }) => [
      ...entry('ConfigMap', configMap?.name),
      ...entry('Secret', secret?.secretName),
      ...entry('PersistentVolumeClaim', persistentVolumeClaim?.claimName),
    ]),
    ...(pod.imagePullSecrets ?? []).flatMap(({ name }) => entry('Secret', name)),
    ...entry('PriorityClass', pod.priorityClassName),
  ];
  return [...new Set(named)].filter((each) => !own.has(each) && !BUILT_IN.includes(each));
}

const entry = (kind: string, name: string | undefined): string[] =>
  name === undefined ? [] : [`${kind}/${name}`];
