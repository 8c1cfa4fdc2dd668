import { findingText } from '@cafe-lumiere/checks';
import { calls, declareService, postgres, text, timeoutOf } from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import type { JobProps } from './job-pods.js';
import { DefaultDenyNetworkPolicy } from './pod-network-policy.js';
import type { PodProps } from './pod-props.js';
import { PostgresStack } from './postgres-stack.js';
import { ProbedService } from './probed-service.js';
import { type CronJobProps, ServiceCronJob } from './service-cron-job.js';
import { ServiceJob } from './service-job.js';
import { only, synthesized } from './synthesized.js';

const till = declareService({
  name: 'till',
  port: 8080,
  reads: { RATES_URL: calls(), RATES_TIMEOUT_MS: timeoutOf('RATES_URL', 1000), SHOP: text() },
  stores: { DB: postgres({}) },
  image: {
    programs: { server: './main.ts', 'wait-for-postgres': './wait.ts', report: './report.ts' },
  },
});
const command = ['node', 'report.js'] as const;

/** A service with a database and a callee. The job is made between the two, and has both. */
function shop(
  declare: (service: ProbedService<typeof till>) => void,
  { maxConnections = 100, gateTimeout = Duration.minutes(5) } = {},
) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const configuration = new Configuration(chart, 'configuration', { configMap: 'config', secret: 'secrets' });
  new DefaultDenyNetworkPolicy(chart, 'default-deny');
  const store = new PostgresStack(chart, 'postgres', {
    database: 'till',
    owner: 'till',
    storage: Size.gibibytes(1),
    release: 'shop-postgresql',
    credentials: { existingSecret: 'database' },
    maxConnections,
  });
  const rates = new ProbedService(chart, declareService({ name: 'rates', port: 9000 }), {
    image: 'shop/rates:1.0.0',
    configuration,
  });
  const service = new ProbedService(chart, till, {
    image: 'shop/till:1.0.0',
    configuration,
    values: { SHOP: 'corner' },
    tmp: Size.mebibytes(16),
    volumes: {
      keys: { secret: 'keys', mountPath: '/keys' },
      proxy: { configMap: 'proxy' },
    },
    sidecars: { proxy: { image: 'shop/proxy:1', mounts: { proxy: '/etc/proxy' } } },
    imagePullSecrets: ['registry'],
  });
  service.connects(store, { gateTimeout });
  declare(service);
  service.calls(rates, { env: 'RATES_URL', timeout: Duration.seconds(2) });
  return { app, chart };
}

test('a Job runs another program of the image: with the variables, the gate and the connections of its service', () => {
  const { app, chart } = shop((service) => new ServiceJob(service, 'till-report', { command }));
  expect(app.proven().findings.map(findingText)).toEqual([]);
  const manifests = synthesized(chart);
  const job = only(manifests, 'Job', 'till-report');
  const deployment = only(manifests, 'Deployment', 'till');
  const of = (object: object, path: string): unknown =>
    path.split('.').reduce<unknown>((value, key) => Reflect.get(Object(value), key), object);
  const container = 'spec.template.spec.containers.0';
  expect(job).toMatchObject({
    spec: {
      backoffLimit: 3,
      activeDeadlineSeconds: 3600,
      template: {
        metadata: { labels: { app: 'till-report', 'app.kubernetes.io/name': 'till-report' } },
        spec: {
          restartPolicy: 'Never',
          serviceAccountName: 'till',
          imagePullSecrets: [{ name: 'registry' }],
          containers: [
            {
              name: 'till-report',
              image: 'shop/till:1.0.0',
              command,
              env: of(deployment, `${container}.env`),
              volumeMounts: of(deployment, `${container}.volumeMounts`),
              resources: of(deployment, `${container}.resources`),
            },
          ],
          // The gate, and no sidecar.
          initContainers: [of(deployment, 'spec.template.spec.initContainers.1')],
        },
      },
    },
  });
  expect(job).not.toHaveProperty('spec.ttlSecondsAfterFinished');
  expect(job).not.toHaveProperty('spec.template.metadata.annotations');
  expect(job).not.toHaveProperty(`${container}.ports`);
  expect(of(job, 'spec.template.spec.volumes')).toEqual([
    { name: 'tmp', emptyDir: { sizeLimit: '16Mi' } },
    { name: 'keys', secret: { secretName: 'keys' } },
  ]);
  expect(only(manifests, 'NetworkPolicy', 'till-report')).toMatchObject({
    spec: {
      podSelector: { matchLabels: { app: 'till-report' } },
      egress: of(only(manifests, 'NetworkPolicy', 'till'), 'spec.egress'),
    },
  });
  expect(of(only(manifests, 'NetworkPolicy', 'till-report'), 'spec.egress')).toHaveLength(3);
  expect(only(manifests, 'NetworkPolicy', 'rates')).toHaveProperty(
    'spec.ingress',
    ['till', 'till-report'].map((app) =>
      expect.objectContaining({ from: [{ podSelector: { matchLabels: { app } } }] }),
    ),
  );
  const [postgres] = app.proven().helmCharts;
  expect(postgres?.release.files.get('values.yaml')).toContain('app: till-report');
});

test('a CronJob does so again and again, one at a time', () => {
  const { app, chart } = shop(
    (service) => new ServiceCronJob(service, 'till-report', { command, schedule: '0 3 * * *' }),
  );
  expect(app.proven().findings.map(findingText)).toEqual([]);
  expect(only(synthesized(chart), 'CronJob', 'till-report')).toMatchObject({
    spec: {
      schedule: '0 3 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      jobTemplate: {
        spec: {
          backoffLimit: 3,
          template: { spec: { restartPolicy: 'Never', containers: [{ command }] } },
        },
      },
    },
  });
});

test('takes every prop of its own', () => {
  // Required: a new prop must be added here, and to what is expected of it. What it says of its pods is in pod-props.test.ts.
  const props: Required<Omit<CronJobProps, keyof PodProps>> = {
    restartPolicy: 'OnFailure',
    backoffLimit: 1,
    activeDeadline: Duration.minutes(20),
    ttlAfterFinished: Duration.days(1),
    schedule: '@hourly',
    timeZone: 'Europe/Vienna',
    concurrencyPolicy: 'Replace',
  };
  const args = ['--all'];
  const { chart } = shop((service) => {
    new ServiceCronJob(service, 'till-report', { ...props, command, args, tmp: Size.mebibytes(32) });
  });
  expect(only(synthesized(chart), 'CronJob', 'till-report')).toMatchObject({
    spec: {
      schedule: '@hourly',
      timeZone: 'Europe/Vienna',
      concurrencyPolicy: 'Replace',
      jobTemplate: {
        spec: {
          backoffLimit: 1,
          activeDeadlineSeconds: 1200,
          ttlSecondsAfterFinished: 86_400,
          template: {
            spec: {
              restartPolicy: 'OnFailure',
              volumes: [{ emptyDir: { sizeLimit: '32Mi' } }, { name: 'keys' }],
              containers: [{ command, args }],
            },
          },
        },
      },
    },
  });
});

describe('the store', () => {
  test.each([
    ['Forbid', 51, '(1 + 0 pods) × (8 + 2) = 10'],
    ['Replace', 61, '(1 + 1 pods) × (8 + 2) = 20'],
  ] as const)('has connections for it with %s', (concurrencyPolicy, enough, term) => {
    const withMaximum = (maxConnections: number) => () => {
      const props = { command, schedule: '@daily', concurrencyPolicy };
      const declare = (service: ProbedService<typeof till>) =>
        new ServiceCronJob(service, 'till-report', props);
      return synthesized(shop(declare, { maxConnections }).chart);
    };
    expect(withMaximum(enough)).not.toThrow();
    expect(withMaximum(enough - 1)).toThrow(`till-report ${term}`);
  });
});

describe('refuses', () => {
  test.each<[string, JobProps, string]>([
    [
      'a program that the image does not have',
      { command: ['node', 'rapport.js'] },
      'shop/till/till-report: command runs rapport.js, and the image of till has: server, wait-for-postgres, report.',
    ],
    [
      'half a run',
      { command, backoffLimit: 0.5 },
      'backoffLimit is 0.5; it is a whole number of runs, 0 or more.',
    ],
    [
      'a deadline that the gate may use up',
      { command, activeDeadline: Duration.minutes(5) },
      'shop/till/till-report: activeDeadline is 300 s, and its gate may wait for a store for 300 s.',
    ],
  ])('%s', (_what, props, message) => {
    expect(() => synthesized(shop((service) => new ServiceJob(service, 'till-report', props)).chart)).toThrow(
      message,
    );
  });

  test('a name that its Jobs cannot be called after', () => {
    const name = 'r'.repeat(53);
    expect(() =>
      shop((service) => new ServiceCronJob(service, name, { command, schedule: '@daily' })),
    ).toThrow('the name has 53 characters; a CronJob’s has at most 52'.replace('’', "'"));
  });

  test('any number of runs at a store', () => {
    const props = { command, schedule: '@daily', concurrencyPolicy: 'Allow' } as const;
    const { chart } = shop((service) => new ServiceCronJob(service, 'till-report', props));
    expect(() => synthesized(chart)).toThrow(
      'concurrencyPolicy is Allow, and each run holds connections of shop-postgresql',
    );
  });
});
