import type { Workload } from '../../model/cluster.js';
import { configuredContainers } from '../../model/containers.js';
import type { VariableName } from '../../model/variable-names.js';
import type { Problem, Proof } from '../proof.js';
import { podProblem } from './references.js';

const PGDATA: VariableName = 'PGDATA';

/** PostgreSQL refuses a directory that is not empty, and the root of a fresh volume holds lost+found. */
export const postgresDataFolder = {
  id: 'CAFE024',
  severity: 'risk',
  title: "PostgreSQL's data lie at the root of a volume",
  why: "A volume's root holds lost+found, and initdb refuses a folder that is not empty; on storage without it, a later move of the mount hides the data.",
  problems: (cluster) =>
    configuredContainers(cluster).flatMap(({ workload, list, container, variables }) => {
      if (!/(?:^|\/)postgres(?:ql)?[:@]/.test(container.image)) return [];
      const data = variables.get(PGDATA)?.value ?? '/var/lib/postgresql/data';
      const persistent = persistentVolumes(workload);
      return container.volumeMounts.flatMap(({ name, mountPath, subPath }): Problem[] => {
        const isRoot = mountPath.replace(/\/$/, '') === data.replace(/\/$/, '');
        if (!persistent.has(name) || subPath !== undefined || !isRoot) return [];
        return [
          podProblem(workload, `${list}[${container.name}].env[${PGDATA}]`, {
            found: `${data}, the root of the volume ${name}`,
            expected:
              'a folder below the mount: the root of a fresh volume holds lost+found, and initdb refuses a directory that is not empty',
            likely: `${data}/pgdata`,
            change: `set the variable ${PGDATA} to ${data}/pgdata`,
          }),
        ];
      });
    }),
} as const satisfies Proof;

const persistentVolumes = ({ pod, spec }: Workload): ReadonlySet<string> =>
  new Set([
    ...(spec?.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name),
    ...pod.volumes.flatMap(({ name, persistentVolumeClaim }) => (persistentVolumeClaim ? [name] : [])),
  ]);
