import type { Cluster, Workload } from './cluster.js';
import { isExternal } from './declared.js';
import { containersOf } from './environment.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { titleOf } from './manifest.js';
import type { Check } from './options.js';

/** In every namespace without anybody's doing. */
const BUILT_IN = new Set(['ServiceAccount default', 'ConfigMap kube-root-ca.crt']);
const SYSTEM_PRIORITIES = new Set(['system-cluster-critical', 'system-node-critical']);

/** What a pod refers to is among the manifests, or declared to come from elsewhere. */
export const references: Check = (cluster) => [
  ...cluster.workloads.flatMap((workload) => [
    ...keys(cluster, workload),
    ...wholeObjects(cluster, workload),
    ...volumes(cluster, workload),
    ...environment(workload),
    ...serviceLinks(cluster, workload),
  ]),
  ...ingresses(cluster),
];

function keys(cluster: Cluster, workload: Workload): Finding[] {
  return containersOf(workload).flatMap(({ list, container }) =>
    container.env.flatMap(({ name, valueFrom }): Finding[] => {
      const reference = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
      if (!reference || reference.optional) return [];
      const kind = valueFrom?.configMapKeyRef ? 'ConfigMap' : 'Secret';
      const field = `${list}[${container.name}].env[${name}].valueFrom`;
      return key(cluster, workload, field, kind, reference.name, reference.key);
    }),
  );
}

function key(
  cluster: Cluster,
  workload: Workload,
  field: string,
  kind: 'ConfigMap' | 'Secret',
  name: string,
  wanted: string,
): Finding[] {
  const { namespace } = workload;
  const missing = object(cluster, workload, field, kind, name);
  if (missing.length > 0) return missing;
  const present =
    kind === 'ConfigMap'
      ? cluster.configMaps.get(`${namespace}/${name}`)?.typed
      : cluster.secrets.get(`${namespace}/${name}`)?.typed;
  // Declared to come from elsewhere: its keys are not known here.
  if (!present) return [];
  const others = 'binaryData' in present ? present.binaryData : present.stringData;
  const there = [
    ...Object.keys(present.data),
    ...Object.keys(typeof others === 'object' && others !== null ? others : {}),
  ];
  if (there.includes(wanted)) return [];
  const likely = nearest(wanted, there);
  return [
    finding(workload, 'CAFE022', field, {
      found: `key ${wanted} of ${kind} ${namespace}/${name}`,
      expected: `a key that it has: ${there.join(', ') || 'it is empty'}; without it the container does not start (CreateContainerConfigError)`,
      likely,
      change: `refer to ${likely ?? 'one of those'}, or add ${wanted} to ${kind} ${name}`,
    }),
  ];
}

function object(cluster: Cluster, workload: Workload, field: string, kind: string, name: string): Finding[] {
  const { namespace } = workload;
  if (cluster.find(kind, namespace, name) || BUILT_IN.has(`${kind} ${name}`)) return [];
  if (isExternal(cluster, namespace, kind, name)) return [];
  const same = cluster.manifests.filter((each) => each.kind === kind);
  const likely = nearest(
    name,
    same.flatMap((each) => (each.namespace === namespace ? [each.name] : [])),
  );
  const elsewhere = same.find((each) => each.name === name);
  return [
    finding(workload, 'CAFE021', field, {
      found: `${kind} ${namespace}/${name}, which is not among the manifests`,
      expected: `an object that is there${elsewhere ? `; the one of the namespace ${elsewhere.namespace} cannot be used from here` : ''}, or one that is declared to come from elsewhere`,
      likely,
      change: `name ${likely ?? 'one that is there'}, add it, or annotate the ${workload.kind} with cafe-check/external: ${kind}/${name} if somebody else makes it`,
    }),
  ];
}

function wholeObjects(cluster: Cluster, workload: Workload): Finding[] {
  const { pod } = workload;
  const account = pod.serviceAccountName;
  const priority = pod.priorityClassName;
  return [
    ...containersOf(workload).flatMap(({ list, container }) =>
      container.envFrom.flatMap(({ configMapRef, secretRef }, index) => {
        const reference = configMapRef ?? secretRef;
        if (!reference || reference.optional) return [];
        const kind = configMapRef ? 'ConfigMap' : 'Secret';
        return object(
          cluster,
          workload,
          `${list}[${container.name}].envFrom[${index}]`,
          kind,
          reference.name,
        );
      }),
    ),
    ...(account === undefined
      ? []
      : object(cluster, workload, 'serviceAccountName', 'ServiceAccount', account)),
    ...pod.imagePullSecrets.flatMap(({ name }) =>
      object(cluster, workload, 'imagePullSecrets', 'Secret', name),
    ),
    ...(priority === undefined ||
    SYSTEM_PRIORITIES.has(priority) ||
    cluster.find('PriorityClass', '', priority)
      ? []
      : object(cluster, workload, 'priorityClassName', 'PriorityClass', priority)),
  ];
}

function volumes(cluster: Cluster, workload: Workload): Finding[] {
  const { pod, spec } = workload;
  const claims = spec?.volumeClaimTemplates.map(({ metadata }) => metadata.name) ?? [];
  const names = new Set([...pod.volumes.map(({ name }) => name), ...claims]);
  const mounted = containersOf(workload).flatMap(({ list, container }) =>
    container.volumeMounts.flatMap(({ name }): Finding[] => {
      if (names.has(name)) return [];
      const likely = nearest(name, names);
      return [
        finding(workload, 'CAFE023', `${list}[${container.name}].volumeMounts[${name}]`, {
          found: `a volume ${name} that the pod does not have`,
          expected: `one of its volumes: ${[...names].join(', ') || 'it has none'}`,
          likely,
          change: `mount ${likely ?? 'one of those'}, or add the volume ${name}`,
        }),
      ];
    }),
  );
  const sources = pod.volumes.flatMap(({ name, configMap, secret, persistentVolumeClaim }): Finding[] => {
    const field = `volumes[${name}]`;
    if (configMap && !configMap.optional) {
      return configMap.items.length === 0
        ? object(cluster, workload, field, 'ConfigMap', configMap.name)
        : configMap.items.flatMap((item) =>
            key(cluster, workload, field, 'ConfigMap', configMap.name, item.key),
          );
    }
    if (secret && !secret.optional) {
      return secret.items.length === 0
        ? object(cluster, workload, field, 'Secret', secret.secretName)
        : secret.items.flatMap((item) =>
            key(cluster, workload, field, 'Secret', secret.secretName, item.key),
          );
    }
    return persistentVolumeClaim
      ? object(cluster, workload, field, 'PersistentVolumeClaim', persistentVolumeClaim.claimName)
      : [];
  });
  const dataDirectories = containersOf(workload).flatMap(({ list, container }) =>
    postgresData(workload, claims, list, container),
  );
  return [...mounted, ...sources, ...dataDirectories];
}

/** PostgreSQL refuses a directory that is not empty, and the root of a fresh volume holds lost+found. */
function postgresData(
  workload: Workload,
  claims: readonly string[],
  list: string,
  container: Workload['pod']['containers'][number],
): Finding[] {
  if (!/(?:^|\/)postgres(?:ql)?[:@]/.test(container.image)) return [];
  const data = container.env.find(({ name }) => name === 'PGDATA')?.value ?? '/var/lib/postgresql/data';
  const persistent = new Set([
    ...claims,
    ...workload.pod.volumes.flatMap(({ name, persistentVolumeClaim }) =>
      persistentVolumeClaim ? [name] : [],
    ),
  ]);
  return container.volumeMounts.flatMap(({ name, mountPath, subPath }): Finding[] => {
    if (
      !persistent.has(name) ||
      subPath !== undefined ||
      mountPath.replace(/\/$/, '') !== data.replace(/\/$/, '')
    ) {
      return [];
    }
    return [
      finding(workload, 'CAFE024', `${list}[${container.name}].env[PGDATA]`, {
        found: `${data}, the root of the volume ${name}`,
        expected:
          'a folder below the mount: the root of a fresh volume holds lost+found, and initdb refuses a directory that is not empty',
        likely: `${data}/pgdata`,
        change: `set the variable PGDATA to ${data}/pgdata`,
      }),
    ];
  });
}

function environment(workload: Workload): Finding[] {
  return containersOf(workload).flatMap(({ list, container }) => {
    const seen = new Map<string, string>();
    return container.env.flatMap(({ name, value, valueFrom }): Finding[] => {
      const before = seen.get(name);
      const now = value ?? JSON.stringify(valueFrom ?? '');
      seen.set(name, now);
      if (before === undefined) return [];
      return [
        finding(workload, 'CAFE025', `${list}[${container.name}].env[${name}]`, {
          found: `two entries: ${before}, then ${now}`,
          expected: 'each variable once; the last one wins, and an apply may merge the two into one',
          likely: undefined,
          change: `delete one of the two entries ${name}`,
        }),
      ];
    });
  });
}

/** Kubernetes gives each pod a variable `<SERVICE>_PORT=tcp://…` for each Service, unless the pod says no. */
function serviceLinks(cluster: Cluster, workload: Workload): Finding[] {
  if (!workload.pod.enableServiceLinks) return [];
  return containersOf(workload).flatMap(({ list, container }) => {
    const read = new Set(
      [...container.command, ...container.args].flatMap((text) =>
        [...text.matchAll(/\$[({]?([A-Z][A-Z0-9_]*)/g)].map(([, name = '']) => name),
      ),
    );
    const own = new Set(container.env.map(({ name }) => name));
    const siblings = [...own].flatMap((name) =>
      name.endsWith('_HOST') ? [name.replace(/HOST$/, 'PORT')] : [],
    );
    return [...new Set([...read, ...siblings])].flatMap((name): Finding[] => {
      const service = /^([A-Z0-9_]+?)(?:_SERVICE_HOST|_SERVICE_PORT|_PORT)$/.exec(name)?.[1];
      if (service === undefined || own.has(name)) return [];
      const clash = cluster.services.get(
        `${workload.namespace}/${service.toLowerCase().replaceAll('_', '-')}`,
      );
      if (!clash || clash.typed.spec.clusterIP === 'None') return [];
      return [
        finding(workload, 'CAFE026', 'enableServiceLinks', {
          found: `${list}[${container.name}] reads ${name}, which nothing sets and the link to ${titleOf(clash)} sets to tcp://<address>:<port>`,
          expected:
            'false, or a value of your own: a link stands there only for Services that are older than the pod',
          likely: 'false',
          change: `set enableServiceLinks: false, and ${name} in the container's env`,
        }),
      ];
    });
  });
}

function ingresses(cluster: Cluster): Finding[] {
  return cluster.ingresses.flatMap((ingress) =>
    ingress.typed.spec.rules.flatMap(({ http }) =>
      (http?.paths ?? []).flatMap(({ backend: { service } }): Finding[] => {
        if (!service || cluster.services.has(`${ingress.namespace}/${service.name}`)) return [];
        const likely = nearest(
          service.name,
          [...cluster.services.values()].flatMap((each) =>
            each.namespace === ingress.namespace ? [each.name] : [],
          ),
        );
        return [
          {
            id: 'CAFE027',
            severity: 'error',
            object: titleOf(ingress),
            field: 'spec.rules[].http.paths[].backend.service.name',
            found: service.name,
            expected: 'a Service of the same namespace; without one the ingress answers 503',
            likely,
            change: `set the backend to ${likely ?? 'a Service that is there'}`,
          },
        ];
      }),
    ),
  );
}

const finding = (
  workload: Workload,
  id: Finding['id'],
  field: string,
  rest: Pick<Finding, 'found' | 'expected' | 'likely' | 'change'>,
): Finding => ({
  id,
  severity: 'error',
  object: titleOf(workload),
  field: `${workload.podPath}.${field}`,
  ...rest,
});
