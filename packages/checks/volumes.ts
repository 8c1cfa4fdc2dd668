import type { Cluster, Workload } from './cluster.js';
import { containersOf } from './environment.js';
import type { Finding } from './finding.js';
import { nearest } from './likely.js';
import { key, object, referenceFinding as finding } from './reference.js';

/** Each mount has its volume, each volume its source, and PostgreSQL a folder of its own. */
export function volumes(cluster: Cluster, workload: Workload): Finding[] {
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
