import type { CloudNativePgCluster } from './cloudnative-pg-cluster.js';
import { toContainer } from './container.js';
import type { Address, EnvironmentVariable } from './environment-variable.js';
import type * as k8s from './k8s.js';
import type { Resources } from './resources.js';
import { RESTRICTED_POD } from './restricted.js';
import { CA_FILE, toVolumeSource } from './store-edge.js';

/** Which of the chart's scripts a pod runs. */
export type BackupTask = 'backup' | 'restore' | 'claim';

/** What the pods of a backup have in common. */
export interface BackupPods {
  readonly cluster: CloudNativePgCluster;
  readonly address: Address;
  /** The ServiceAccount, and the ConfigMap with the scripts. */
  readonly jobs: string;
  /** The PersistentVolumeClaim for the dumps. */
  readonly claim: string;
}

/** The user `postgres` of the operator's images, https://github.com/cloudnative-pg/postgres-containers. */
const POSTGRES_USER = 26;
const BACKUP = '/backup';
const SCRIPTS = '/etc/postgresql/scripts';
const TLS = '/etc/postgresql/tls';

/** A pod that runs a script of the chart's, as templates/_jobs.tpl has it. @param own - variables of this task alone */
export function toBackupPodSpec(
  { cluster, address, jobs, claim }: BackupPods,
  task: BackupTask,
  resources: Resources,
  own: readonly EnvironmentVariable[] = [],
): k8s.PodSpec {
  const ca = task === 'claim' ? undefined : cluster.tls?.ca;
  const volumes: readonly (readonly [k8s.Volume, Omit<k8s.VolumeMount, 'name'>])[] = [
    [
      { name: 'backup', persistentVolumeClaim: { claimName: claim } },
      { mountPath: BACKUP, ...(task === 'restore' ? { readOnly: true } : {}) },
    ],
    [
      { name: 'scripts', configMap: { name: jobs } },
      { mountPath: SCRIPTS, readOnly: true },
    ],
    [{ name: 'tmp', emptyDir: {} }, { mountPath: '/tmp' }],
    ...(ca
      ? [
          [
            { name: 'tls', ...toVolumeSource(ca) },
            { mountPath: TLS, readOnly: true },
          ] as const,
        ]
      : []),
    // On the node's disk, up to the limit: a volume of its own would stay as long as the pod's log.
    ...(task === 'backup' ? [[{ name: 'scratch', emptyDir: {} }, { mountPath: '/scratch' }] as const] : []),
  ];
  const variables = [
    ...(task === 'claim' ? [] : connection(cluster, address, task)),
    { name: 'BACKUP_DIRECTORY', value: BACKUP },
    ...own,
  ];
  const mounts = volumes.map(([{ name }, mount]) => ({ name, ...mount }));
  const program = {
    image: cluster.image.image,
    command: ['bash', `${SCRIPTS}/${task}.sh`] as const,
    resources,
  };
  return {
    restartPolicy: 'Never',
    serviceAccountName: jobs,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      ...RESTRICTED_POD,
      runAsUser: POSTGRES_USER,
      runAsGroup: POSTGRES_USER,
      fsGroup: POSTGRES_USER,
      fsGroupChangePolicy: 'OnRootMismatch',
    },
    containers: [toContainer(task, program, variables, mounts)],
    volumes: volumes.map(([volume]) => volume),
  };
}

/** libpq's own variables, so that psql, pg_dump and pg_restore connect as the application does. */
function connection(
  { database, owner, password, tls, image }: CloudNativePgCluster,
  { host, port }: Address,
  task: BackupTask,
): EnvironmentVariable[] {
  const plain: Record<string, string> = {
    PGHOST: host,
    PGPORT: String(port),
    PGDATABASE: database,
    PGUSER: owner,
    PGAPPNAME: `postgresql-${task}`,
    PGCONNECT_TIMEOUT: '10',
    // A former primary that somebody is still led to is neither dumped nor restored into.
    PGTARGETSESSIONATTRS: 'read-write',
    // The chart's image says it itself, and the operator's do not.
    PG_MAJOR: String(image.major),
    ...(tls ? { PGSSLMODE: 'verify-full', ...(tls.ca ? { PGSSLROOTCERT: `${TLS}/${CA_FILE}` } : {}) } : {}),
  };
  return [
    ...Object.entries(plain).map(([name, value]) => ({ name, value })),
    { name: 'PGPASSWORD', ...password },
  ];
}
