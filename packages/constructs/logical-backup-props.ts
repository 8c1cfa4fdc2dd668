import { Duration, Size } from 'cdk8s';
import type { CloudNativePgCluster } from './cloudnative-pg-cluster.js';
import { checkSchedule, checkTimeZone } from './cron-schedule.js';
import { checkDnsLabel } from './names.js';
import { checkResources, type Resources } from './resources.js';

/** When a database is dumped, and where its dumps lie. The defaults are those of the chart `@cafe-lumiere/postgresql`. */
export interface LogicalBackupOptions {
  /**
   * Minute, hour, day of the month, month and day of the week, or `@daily` and its like.
   * @default '17 3 * * *'
   */
  readonly schedule?: string;
  /**
   * The time zone of the schedule, such as `Europe/Vienna`.
   * @default 'Etc/UTC'
   */
  readonly timeZone?: string;
  /**
   * How many dumps are kept: 1 to 10,000.
   * @default 7
   */
  readonly keep?: number;
  /**
   * Whether each dump is restored into a scratch server of the job's own pod, and compared, before it counts. That takes the
   * database's size on the node's disk, up to `resources.ephemeralStorage.limit`.
   * @default true
   */
  readonly verify?: boolean;
  /**
   * When a backup or a restore is ended, however it stands: a minute or more.
   * @default 4 hours
   */
  readonly activeDeadline?: Duration;
  /**
   * The size of the claim for the dumps, or a claim of yours, in which those of another database may lie already.
   * @default - 8 GiB, of the cluster's default class
   */
  readonly storage?:
    { readonly size: Size; readonly storageClass?: string } | { readonly existingClaim: string };
  /** @default - 100m to 1 CPU, 128Mi to 256Mi memory, 64Mi to 8Gi ephemeral storage */
  readonly resources?: Resources;
}

/** The database that is dumped, and when. */
export interface LogicalBackupProps extends LogicalBackupOptions {
  readonly cluster: CloudNativePgCluster;
}

/** What was not said filled in. */
export type ResolvedBackup = Required<LogicalBackupProps>;

/** A CronJob's name has 52 characters, because its Jobs get 11 more, and ours end in `-restore`. */
const LONGEST_NAME = 44;
const MOST_KEPT = 10_000;

/** @throws Error that names the construct, the prop and the value */
export function resolveBackup(path: string, props: LogicalBackupProps): ResolvedBackup {
  const { cluster } = props.cluster;
  if (cluster.length > LONGEST_NAME) {
    throw new Error(
      `${path}: the Cluster is called "${cluster}", ${cluster.length} characters; with a backup it is at most ${LONGEST_NAME}, because its CronJobs end in -restore.`,
    );
  }
  return {
    cluster: props.cluster,
    schedule: checkSchedule(path, props.schedule ?? '17 3 * * *'),
    timeZone: checkTimeZone(path, props.timeZone ?? 'Etc/UTC'),
    keep: checkKeep(path, props.keep ?? 7),
    verify: props.verify ?? true,
    activeDeadline: checkDeadline(path, props.activeDeadline ?? Duration.hours(4)),
    storage: checkStorage(path, props.storage ?? { size: Size.gibibytes(8) }),
    resources: checkResources(
      path,
      'resources',
      props.resources ?? {
        cpu: { request: '100m', limit: '1' },
        memory: { request: '128Mi', limit: '256Mi' },
        ephemeralStorage: { request: '64Mi', limit: '8Gi' },
      },
    ),
  };
}

function checkKeep(path: string, keep: number): number {
  if (Number.isInteger(keep) && keep >= 1 && keep <= MOST_KEPT) return keep;
  throw new Error(`${path}: keep is ${keep}; it is a whole number of dumps, from 1 to ${MOST_KEPT}.`);
}

function checkDeadline(path: string, deadline: Duration): Duration {
  if (deadline.toSeconds() >= 60) return deadline;
  throw new Error(
    `${path}: activeDeadline is ${deadline.toSeconds()} s, in which no dump is made and tried; give it 60 s or more.`,
  );
}

function checkStorage(path: string, storage: ResolvedBackup['storage']): ResolvedBackup['storage'] {
  if ('existingClaim' in storage) checkDnsLabel(path, storage.existingClaim);
  return storage;
}
