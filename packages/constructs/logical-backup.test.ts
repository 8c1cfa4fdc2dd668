import { readdirSync, readFileSync } from 'node:fs';
import { findingText } from '@cafe-lumiere/checks';
import { parsePostgresqlValues } from '@cafe-lumiere/postgresql';
import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { z } from 'zod';
import { App } from './app.js';
import { CloudNativePgCluster } from './cloudnative-pg-cluster.js';
import type { CloudNativePgClusterProps } from './cloudnative-pg-cluster-props.js';
import { LogicalBackup } from './logical-backup.js';
import type { LogicalBackupOptions } from './logical-backup-props.js';
import { DefaultDenyNetworkPolicy } from './pod-network-policy.js';
import { type Manifest, only, synthesized } from './synthesized.js';

function newBackup(options: LogicalBackupOptions = {}, changes: Partial<CloudNativePgClusterProps> = {}) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  new DefaultDenyNetworkPolicy(chart, 'default-deny');
  const cluster = new CloudNativePgCluster(chart, 'postgres', {
    name: 'shop-database',
    service: 'shop-postgresql',
    image: 'ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie',
    database: 'shop',
    owner: 'shopkeeper',
    storage: Size.gibibytes(5),
    credentials: { existingSecret: 'theirs' },
    ...changes,
  });
  new LogicalBackup(chart, 'backup', { cluster, ...options });
  return { app, chart };
}

const manifestsWith = (
  options?: LogicalBackupOptions,
  changes?: Partial<CloudNativePgClusterProps>,
): readonly Manifest[] => synthesized(newBackup(options, changes).chart);

const anyPod = z.looseObject({
  securityContext: z.unknown(),
  containers: z.array(
    z.looseObject({
      image: z.string(),
      env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })),
      resources: z.unknown(),
      securityContext: z.unknown(),
      volumeMounts: z.unknown(),
    }),
  ),
  volumes: z.array(z.looseObject({ name: z.string() })),
});
const cronJob = z.object({
  spec: z.looseObject({
    jobTemplate: z.object({
      spec: z.looseObject({
        template: z.object({
          metadata: z.object({ labels: z.record(z.string(), z.string()) }),
          spec: anyPod,
        }),
      }),
    }),
  }),
});

/** What a CronJob's pods are. */
function podOf(manifests: readonly Manifest[], task: 'backup' | 'restore') {
  const { spec } = cronJob.parse(only(manifests, 'CronJob', `shop-database-${task}`));
  const { template } = spec.jobTemplate.spec;
  const [container] = template.spec.containers;
  if (container === undefined) throw new Error('no container');
  const values = Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
  return { labels: template.metadata.labels, spec: template.spec, container, values };
}

const claimJob = (manifests: readonly Manifest[]): Manifest => {
  const [job, ...others] = manifests.filter(({ kind }) => kind === 'Job');
  if (job === undefined || others.length > 0) throw new Error('not one Job');
  return job;
};

const VARIANTS: readonly (readonly [string, LogicalBackupOptions, Partial<CloudNativePgClusterProps>])[] = [
  ['nothing said', {}, {}],
  ['a claim of ours', { storage: { existingClaim: 'dumps' } }, {}],
  ['no verification', { verify: false }, {}],
  ['a certificate of ours', {}, { tls: { existingSecret: 'shop-tls' } }],
  ['no TLS', {}, { tls: 'off' }],
  ['a development password', {}, { credentials: { developmentPassword: 'tea' } }],
  ['a DNS of its own', {}, { dns: { nodeLocal: '169.254.20.10' } }],
];

describe('what is written', () => {
  test.each(VARIANTS)('with %s has no finding', (_name, options, changes) => {
    const { app } = newBackup(options, changes);
    expect(app.proven().findings.map(findingText)).toEqual([]);
  });

  test.each(VARIANTS)(
    'with %s runs as the operator’s user, under Pod Security "restricted"',
    (_name, options, changes) => {
      const manifests = manifestsWith(options, changes);
      for (const task of ['backup', 'restore'] as const) {
        const { spec, container } = podOf(manifests, task);
        expect(spec.securityContext).toEqual({
          runAsNonRoot: true,
          ...{ runAsUser: 26, runAsGroup: 26, fsGroup: 26, fsGroupChangePolicy: 'OnRootMismatch' },
          seccompProfile: { type: 'RuntimeDefault' },
        });
        expect(container.securityContext).toEqual({
          ...{ allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true },
          capabilities: { drop: ['ALL'] },
        });
        expect(container.image).toBe('ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie');
      }
    },
  );
});

describe('the scripts', () => {
  test('are the chart’s own, to the byte, but for the test of the chart’s own server', () => {
    const folder = new URL('../postgresql/files/jobs/', import.meta.url);
    const files = readdirSync(folder).filter((file) => file !== 'test.sh');
    expect(files).toContain('backup.sh');
    expect(only(manifestsWith(), 'ConfigMap', 'shop-database-jobs')['data']).toEqual(
      Object.fromEntries(files.map((file) => [file, readFileSync(new URL(file, folder), 'utf8')])),
    );
  });

  test('connect as the application does, and to a primary only', () => {
    const { container, values, spec } = podOf(manifestsWith(), 'backup');
    expect(values).toMatchObject({
      ...{ PGHOST: 'shop-postgresql', PGPORT: '5432', PGDATABASE: 'shop', PGUSER: 'shopkeeper' },
      ...{ PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/etc/postgresql/tls/ca.crt' },
      PGTARGETSESSIONATTRS: 'read-write',
    });
    expect(container.env).toContainEqual({
      name: 'PGPASSWORD',
      valueFrom: { secretKeyRef: { name: 'theirs', key: 'DB_PASSWORD' } },
    });
    expect(spec.volumes).toContainEqual({
      name: 'tls',
      secret: { secretName: 'shop-database-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
    });
  });

  test('read the development password where the operator does, and know no TLS where there is none', () => {
    const { container, values } = podOf(
      manifestsWith({}, { tls: 'off', credentials: { developmentPassword: 'tea' } }),
      'restore',
    );
    expect(container.env).toContainEqual({
      name: 'PGPASSWORD',
      valueFrom: { secretKeyRef: { name: 'shop-database-owner', key: 'password' } },
    });
    expect(Object.keys(values)).not.toContain('PGSSLMODE');
    expect(JSON.stringify(container.volumeMounts)).not.toContain('tls');
  });

  test('are told the major version, which the operator’s images do not say', () => {
    const image = 'ghcr.io/cloudnative-pg/postgresql:16.10-standard-trixie';
    expect(podOf(manifestsWith({}, { image }), 'backup').values).toHaveProperty('PG_MAJOR', '16');
  });
});

describe('a backup', () => {
  test('is what the chart’s is, where nobody says otherwise', () => {
    const chart = parsePostgresqlValues({ auth: { username: 'shopkeeper', database: 'shop' } }).backup
      .cronjob;
    const manifests = manifestsWith();
    const { values, container } = podOf(manifests, 'backup');
    expect(only(manifests, 'CronJob', 'shop-database-backup')).toMatchObject({
      spec: {
        ...{ schedule: chart.schedule, concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 3600 },
        jobTemplate: { spec: { backoffLimit: 2, activeDeadlineSeconds: chart.activeDeadlineSeconds } },
      },
    });
    expect(values).toMatchObject({ KEEP: String(chart.keep), VERIFY: String(chart.verify) });
    expect(container.resources).toMatchObject({
      requests: { cpu: '100m', memory: chart.resources.requests.memory },
      limits: chart.resources.limits,
    });
    expect(only(manifests, 'PersistentVolumeClaim', 'shop-database-backup')).toHaveProperty('spec', {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: chart.storage.size } },
    });
  });

  test('is when and as it is said', () => {
    const manifests = manifestsWith({
      ...{ schedule: '30 2 * * *', timeZone: 'Europe/Vienna', keep: 14, verify: false },
      activeDeadline: Duration.minutes(20),
      storage: { size: Size.gibibytes(50), storageClass: 'fast' },
    });
    expect(only(manifests, 'CronJob', 'shop-database-backup')).toMatchObject({
      spec: {
        ...{ schedule: '30 2 * * *', timeZone: 'Europe/Vienna' },
        jobTemplate: { spec: { activeDeadlineSeconds: 1200 } },
      },
    });
    expect(podOf(manifests, 'backup').values).toMatchObject({ KEEP: '14', VERIFY: 'false' });
    expect(only(manifests, 'PersistentVolumeClaim', 'shop-database-backup')).toMatchObject({
      spec: { storageClassName: 'fast', resources: { requests: { storage: '50Gi' } } },
    });
  });

  test('goes to the instances and to DNS, and they let it in; the claim’s job goes nowhere', () => {
    const manifests = manifestsWith();
    const itself = { matchLabels: { app: 'shop-database-jobs' } };
    const port = [{ port: 5432, protocol: 'TCP' }];
    const instances = { 'cnpg.io/cluster': 'shop-database', 'cnpg.io/podRole': 'instance' };
    expect(only(manifests, 'NetworkPolicy', 'shop-database-jobs')).toHaveProperty('spec', {
      podSelector: itself,
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [
        expect.objectContaining({ ports: expect.arrayContaining([{ port: 53, protocol: 'UDP' }]) }),
        { to: [{ podSelector: { matchLabels: instances } }], ports: port },
      ],
    });
    expect(only(manifests, 'NetworkPolicy', 'shop-database')).toMatchObject({
      spec: { ingress: expect.arrayContaining([{ from: [{ podSelector: itself }], ports: port }]) },
    });
    expect(podOf(manifests, 'backup').labels).toMatchObject(itself.matchLabels);
    expect(podOf(manifests, 'restore').labels).toMatchObject(itself.matchLabels);
    expect(claimJob(manifests)).toMatchObject({
      spec: { template: { metadata: { labels: { app: 'shop-database-claim' } } } },
    });
  });

  test('outlives the Cluster, and what a controller takes away', () => {
    expect(
      only(manifestsWith(), 'PersistentVolumeClaim', 'shop-database-backup').metadata['annotations'],
    ).toEqual({
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'helm.sh/resource-policy': 'keep',
    });
  });

  test('lies on a claim of yours, when there is one', () => {
    const manifests = manifestsWith({ storage: { existingClaim: 'dumps' } });
    expect(manifests.map(({ kind }) => kind)).not.toContain('PersistentVolumeClaim');
    expect(podOf(manifests, 'restore').spec.volumes).toContainEqual({
      name: 'backup',
      persistentVolumeClaim: { claimName: 'dumps' },
    });
  });

  test('has another Job for the claim when anything in it changes, because none can be changed', () => {
    const name = (changes: Partial<CloudNativePgClusterProps>): string =>
      claimJob(manifestsWith({}, changes)).metadata.name;
    expect(name({})).toMatch(/^shop-database-claim-[0-9a-f]{8}$/);
    expect(name({})).toBe(name({}));
    expect(name({ image: 'ghcr.io/cloudnative-pg/postgresql:17.7-standard-trixie' })).not.toBe(name({}));
  });
});

test('a restore happens never by itself, once, and reads the dumps only', () => {
  const manifests = manifestsWith();
  expect(only(manifests, 'CronJob', 'shop-database-restore')).toMatchObject({
    spec: { suspend: true, schedule: '0 0 31 2 *', jobTemplate: { spec: { backoffLimit: 0 } } },
  });
  const { values, container } = podOf(manifests, 'restore');
  expect(values).toMatchObject({ DUMP: '', REPLACE: '' });
  expect(container.volumeMounts).toContainEqual({ name: 'backup', mountPath: '/backup', readOnly: true });
});

describe('what cannot be', () => {
  test.each<[LogicalBackupOptions, string]>([
    [{ schedule: '30 25 * * *' }, 'shop/backup: the schedule "30 25 * * *" has "25" for the hour'],
    [{ timeZone: 'Vienna' }, 'shop/backup: timeZone is "Vienna"; it is a name of the IANA database'],
    [{ keep: 0 }, 'shop/backup: keep is 0; it is a whole number of dumps, from 1 to 10000.'],
    [{ keep: 1.5 }, 'shop/backup: keep is 1.5;'],
    [{ keep: 10_001 }, 'shop/backup: keep is 10001;'],
    [{ activeDeadline: Duration.seconds(59) }, 'shop/backup: activeDeadline is 59 s'],
    [{ storage: { existingClaim: 'My Dumps' } }, 'Did you mean "my-dumps"?'],
    [
      {
        resources: {
          cpu: { request: '1', limit: '100m' },
          memory: { request: '128Mi', limit: '256Mi' },
          ephemeralStorage: { request: '64Mi', limit: '8Gi' },
        },
      },
      'shop/backup: resources.cpu requests 1 and is limited to 100m',
    ],
  ])('%j is refused', (options, message) => {
    expect(() => newBackup(options)).toThrow(message);
  });

  test('a Cluster with a name that is too long for its CronJobs is refused', () => {
    expect(() => newBackup({}, { name: 's'.repeat(44) })).not.toThrow();
    expect(() => newBackup({}, { name: 's'.repeat(45) })).toThrow(
      `shop/backup: the Cluster is called "${'s'.repeat(45)}", 45 characters; with a backup it is at most 44`,
    );
  });

  test('a backup in another namespace than its database does not reach it, and says so', () => {
    const { app, chart } = newBackup();
    const cluster = chart.node.findAll().find((construct) => construct instanceof CloudNativePgCluster);
    const elsewhere = new Chart(app, 'elsewhere', { namespace: 'elsewhere' });
    if (cluster === undefined) throw new Error('no Cluster');
    expect(() => new LogicalBackup(elsewhere, 'backup', { cluster })).toThrow(
      'this database admits only clients of its own, shop',
    );
  });
});
