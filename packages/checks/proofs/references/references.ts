import type { Cluster, Workload } from '../../model/cluster.js';
import { containersOf } from '../../model/containers.js';
import { isExternal } from '../../model/annotations.js';
import { isMade, madeObjects } from '../../model/made-objects.js';
import { titleOf } from '../../model/manifest.js';
import { isNamespaced } from '../../model/namespaces.js';
import { once } from '../../model/once.js';
import type { PodSpec } from '../../model/schemas.js';
import type { Explanation, Problem } from '../proof.js';

/** A place in a pod that names another object, or a key of one. */
export interface Reference {
  readonly workload: Workload;
  /** Below the pod's spec: where the object is named. */
  readonly field: string;
  /** Where the key is named. */
  readonly keyField?: string;
  readonly kind: string;
  readonly name: string;
  /** The key of a ConfigMap or Secret. */
  readonly key?: string;
  /** The files that a mount may choose from, when the volume names them itself. */
  readonly paths?: readonly string[];
}

/** In every namespace without anybody's doing. */
const BUILT_IN = new Set(['ServiceAccount default', 'ConfigMap kube-root-ca.crt']);
const SYSTEM_PRIORITIES = new Set(['system-cluster-critical', 'system-node-critical']);

/** Everything that a pod must find when it starts; what is optional is not among it. */
export const references = once((cluster): readonly Reference[] =>
  cluster.workloads.flatMap((workload) =>
    [
      ...ofVariables(workload),
      ...ofPod(workload.pod),
      ...ofVolumes(workload.pod),
      ...ofSubPaths(workload),
    ].map((each) => ({
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

/** The names of a namespace's Secrets, those that controllers make among them. */
export const secretsIn = (cluster: Cluster, namespace: string): readonly string[] => [
  ...[...cluster.secrets.values()].flatMap((each) => (each.namespace === namespace ? [each.name] : [])),
  ...[...madeObjects(cluster).values()].flatMap((each) =>
    each.kind === 'Secret' && each.namespace === namespace ? [each.name] : [],
  ),
];

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
      const [kind, step] = valueFrom?.configMapKeyRef
        ? ['ConfigMap', 'configMapKeyRef']
        : ['Secret', 'secretKeyRef'];
      const field = `${list}[${container.name}].env[${variable}].valueFrom.${step}`;
      return [{ field: `${field}.name`, kind, name, key, keyField: `${field}.key` }];
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
    const of = `volumes[${volume}]`;
    const files = (
      kind: string,
      name: string,
      field: string,
      items: readonly { readonly key: string }[],
    ): Place[] =>
      items.length === 0
        ? [{ field, kind, name }]
        : items.map(({ key }) => ({
            field,
            kind,
            name,
            key,
            keyField: field.replace(/[^.]+$/, `items[${key}].key`),
          }));
    if (configMap && !configMap.optional) {
      return files('ConfigMap', configMap.name, `${of}.configMap.name`, configMap.items);
    }
    if (secret && !secret.optional) {
      return files('Secret', secret.secretName, `${of}.secret.secretName`, secret.items);
    }
    return persistentVolumeClaim
      ? [
          {
            field: `${of}.persistentVolumeClaim.claimName`,
            kind: 'PersistentVolumeClaim',
            name: persistentVolumeClaim.claimName,
          },
        ]
      : [];
  });
}

/** A mount of one file of a ConfigMap or Secret: without the file, the kubelet makes an empty folder of that name. */
function ofSubPaths(workload: Workload): Place[] {
  return containersOf(workload).flatMap(({ list, container }) =>
    container.volumeMounts.flatMap(({ name: mounted, subPath }, index): Place[] => {
      const volume = workload.pod.volumes.find(({ name }) => name === mounted);
      const { configMap, secret } = volume ?? {};
      const source = configMap ?? secret;
      if (subPath === undefined || !source || source.optional || /[$/]/.test(subPath)) return [];
      const key =
        source.items.length === 0 ? subPath : source.items.find(({ path }) => path === subPath)?.key;
      if (source.items.some((item) => item.key === key)) return [];
      const keyField = `${list}[${container.name}].volumeMounts[${index}].subPath`;
      return [
        {
          field: keyField,
          keyField,
          ...(configMap
            ? { kind: 'ConfigMap', name: configMap.name }
            : { kind: 'Secret', name: secret?.secretName ?? '' }),
          key: key ?? subPath,
          ...(source.items.length === 0 ? {} : { paths: source.items.flatMap(({ path }) => path ?? []) }),
        },
      ];
    }),
  );
}
