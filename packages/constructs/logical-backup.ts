import { createHash } from 'node:crypto';
import { EXTERNAL } from '@cafe-lumiere/contract';
import { postgresqlJobScripts } from '@cafe-lumiere/postgresql';
import { type ApiObjectMetadata, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { externalObjects } from './external-objects.js';
import * as k8s from './k8s.js';
import { KEPT } from './kept.js';
import { type BackupPods, type BackupTask, toBackupPodSpec } from './logical-backup-pods.js';
import { type LogicalBackupProps, type ResolvedBackup, resolveBackup } from './logical-backup-props.js';
import { PodNetworkPolicy } from './pod-network-policy.js';
import type { Resources } from './resources.js';

/** What the claim's job uses: a shell that looks at a folder. */
const LITTLE: Resources = {
  cpu: { request: '10m', limit: '200m' },
  memory: { request: '16Mi', limit: '32Mi' },
  ephemeralStorage: { request: '16Mi', limit: '32Mi' },
};

/**
 * Dumps of a `CloudNativePgCluster` on a schedule, each of which is restored and compared before it counts, on a claim that
 * outlives the Cluster; and `<cluster>-restore`, a suspended CronJob to restore one from. They are made by the scripts of the
 * chart `@cafe-lumiere/postgresql`, through the Service and as the role that the application has.
 *
 * Why: docs/decisions/backup.md.
 *
 * @example
 * new LogicalBackup(chart, 'backup', { cluster, schedule: '30 2 * * *', keep: 14 });
 */
export class LogicalBackup extends Construct {
  private readonly backup: ResolvedBackup;
  private readonly pods: BackupPods;
  /** What is in the manifests, so that nobody else has to make it. */
  private readonly own: ReadonlySet<string>;

  /** @throws Error that names the construct, the prop and the value */
  constructor(scope: Construct, id: string, props: LogicalBackupProps) {
    super(scope, id);
    this.backup = resolveBackup(this.node.path, props);
    const { cluster, storage, schedule, timeZone, keep, verify, resources } = this.backup;
    const jobs = `${cluster.cluster}-jobs`;
    const itself = { name: jobs, podLabels: this.podLabels, namespace: Chart.of(this).namespace };
    const claim = 'existingClaim' in storage ? storage.existingClaim : `${cluster.cluster}-backup`;
    this.pods = { cluster, address: cluster.addressFor(itself), jobs, claim };
    this.own = new Set([
      `ConfigMap/${jobs}`,
      ...('existingClaim' in storage ? [] : [`PersistentVolumeClaim/${claim}`]),
      ...('existingSecret' in cluster.credentials ? [] : [`Secret/${cluster.password.secret}`]),
    ]);

    new k8s.KubeServiceAccount(this, 'Account', {
      metadata: { name: jobs },
      automountServiceAccountToken: false,
    });
    new k8s.KubeConfigMap(this, 'Scripts', {
      metadata: { name: jobs },
      data: Object.fromEntries(postgresqlJobScripts()),
    });
    if (!('existingClaim' in storage)) {
      const { size, storageClass } = storage;
      new k8s.KubePersistentVolumeClaim(this, 'Claim', {
        metadata: { name: claim, annotations: KEPT },
        spec: {
          accessModes: ['ReadWriteOnce'],
          ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          resources: { requests: { storage: `${size.toGibibytes()}Gi` } },
        },
      });
    }
    this.writeClaimJob();
    const settings = { KEEP: String(keep), VERIFY: String(verify) };
    this.writeCronJob('backup', this.job('backup', 2, resources, settings), {
      schedule,
      timeZone,
      // Better late than not at all, when the control plane was away at that minute.
      startingDeadlineSeconds: 3600,
    });
    // Never by itself: for `kubectl create job --from=cronjob/…`, with all that a restore needs. What failed wants to be looked at,
    // and should somebody resume it, it waits for the 31st of February.
    this.writeCronJob('restore', this.job('restore', 0, resources, { DUMP: '', REPLACE: '' }), {
      suspend: true,
      schedule: '0 0 31 2 *',
    });
    const policy = new PodNetworkPolicy(this, 'Policy', { ...itself, dns: cluster.dns });
    cluster.admit(policy);
    cluster.allowFrom(itself);
  }

  private get podLabels(): Readonly<Record<string, string>> {
    return { app: `${this.backup.cluster.cluster}-jobs` };
  }

  private labels(task: BackupTask): Record<string, string> {
    // The policy is for those that go to the database, and this one does not.
    const own = task === 'claim' ? { app: `${this.backup.cluster.cluster}-claim` } : this.podLabels;
    return { ...own, 'app.kubernetes.io/name': 'postgresql', 'app.kubernetes.io/component': task };
  }

  private job(
    task: BackupTask,
    backoffLimit: number,
    resources: Resources,
    settings: Readonly<Record<string, string>> = {},
  ): { readonly metadata: Omit<ApiObjectMetadata, 'name'>; readonly spec: k8s.JobSpec } {
    const labels = this.labels(task);
    const own = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const pod = toBackupPodSpec(this.pods, task, resources, own);
    const external = externalObjects(pod, this.own).join(', ');
    return {
      metadata: { labels, ...(external === '' ? {} : { annotations: { [EXTERNAL]: external } }) },
      spec: {
        backoffLimit,
        // One that hangs would hold up all that come after it.
        activeDeadlineSeconds: this.backup.activeDeadline.toSeconds(),
        template: { metadata: { labels }, spec: pod },
      },
    };
  }

  private writeCronJob(
    task: 'backup' | 'restore',
    { metadata, spec }: ReturnType<LogicalBackup['job']>,
    when: Omit<k8s.CronJobSpec, 'jobTemplate'>,
  ): void {
    new k8s.KubeCronJob(this, task, {
      metadata: { name: `${this.backup.cluster.cluster}-${task}`, ...metadata },
      spec: {
        concurrencyPolicy: 'Forbid',
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        ...when,
        jobTemplate: { metadata: { labels: this.labels(task) }, spec },
      },
    });
  }

  /**
   * Most classes bind a claim with its first pod, and a controller that waits for the claim would wait until the first night;
   * and a claim that nobody can write to is found out at once. Its name says what is in it, because no field of a Job changes.
   */
  private writeClaimJob(): void {
    const { metadata, spec } = this.job('claim', 2, LITTLE);
    const hash = createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8);
    const name = `${this.backup.cluster.cluster}-claim-${hash}`;
    new k8s.KubeJob(this, 'claim', { metadata: { name, ...metadata }, spec });
  }
}
