import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ChartFolder, helm, helmFound } from './chart-fixture.js';
import { postgresqlChartFiles } from './chart.js';
import { postgresqlValues } from './values.js';

const container = z.looseObject({ name: z.string() });
const podSpec = z.looseObject({
  securityContext: z.unknown(),
  containers: z.array(container),
});
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('the chart is the same in two makings, and says that it is generated', () => {
  expect([...postgresqlChartFiles()]).toEqual([...postgresqlChartFiles()]);
  expect(postgresqlChartFiles().get('Chart.yaml')).toMatch(/^# Generated from @cafe-lumiere\/postgresql/);
  expect(postgresqlChartFiles().get('README.md')).toContain('| `primary.persistence.size` |');
  expect(postgresqlChartFiles().get('move.sh')).toContain('# Generated from @cafe-lumiere/postgresql');
});

test('a wrong value does not become a chart', () => {
  expect(() => postgresqlChartFiles({ auth: { username: 'postgres' } })).toThrow(
    /^The values of the chart postgresql are wrong:\n.*is the superuser[^]*auth\.username/,
  );
});

(helmFound ? describe : describe.skip)('with the real Helm', () => {
  let chart: ChartFolder;
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' } });
  });
  afterAll(() => {
    chart.remove();
  });
  const render = (release: string, ...words: readonly string[]) => chart.render(release, ...words);
  const objects = (release: string, ...words: readonly string[]) => chart.objects(release, ...words);

  const EVERYTHING =
    'backup.enabled=true,metrics.prometheusRule.enabled=true,metrics.enabled=true,metrics.existingSecret=theirs,' +
    'metrics.serviceMonitor.enabled=true,primary.initdb.args=--encoding=UTF8,primary.initdb.scripts.a\\.sql=select 1';
  test.each(['enabled=true', EVERYTHING, 'backup.enabled=true,backup.cronjob.verify=false'])(
    'with %s lint finds nothing, with --strict',
    (values) => {
      const { status, stdout } = helm('lint', '--strict', chart.path, '--set', values);
      expect([status, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
    },
  );

  test('two renders are the same bytes', () => {
    const once = () => render('shop', '--set', EVERYTHING).stdout;
    const text = once();
    for (const kind of ['PrometheusRule', 'ServiceMonitor', 'CronJob', 'NetworkPolicy']) {
      expect(text).toContain(`kind: ${kind}`);
    }
    expect(once()).toBe(text);
  });

  test('labels of the user are in no selector and in no claim, which could never be changed again', () => {
    const set = objects('shop', '--set', 'commonLabels.team=blue').find(({ kind }) => kind === 'StatefulSet');
    expect(set?.metadata).toMatchObject({ labels: { team: 'blue' } });
    expect(set?.spec).toMatchObject({ template: { metadata: { labels: { team: 'blue' } } } });
    const immutable = z
      .looseObject({ selector: z.unknown(), volumeClaimTemplates: z.unknown() })
      .parse(set?.spec);
    expect(JSON.stringify([immutable.selector, immutable.volumeClaimTemplates])).not.toContain('blue');
  });

  test('what an upgrade can never change is what it was in chart 1.0.0', () => {
    const made = objects('shop');
    const find = (wanted: string) => made.find(({ kind }) => kind === wanted);
    const { template, updateStrategy, revisionHistoryLimit, replicas, ...immutable } = z
      .looseObject({})
      .parse(find('StatefulSet')?.spec);
    expect([template, updateStrategy, revisionHistoryLimit, replicas]).not.toContain(undefined);
    expect(immutable).toEqual({
      serviceName: 'shop-postgresql-hl',
      podManagementPolicy: 'Parallel',
      // This one can be changed; the data depend on it.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      selector: {
        matchLabels: {
          'app.kubernetes.io/name': 'postgresql',
          'app.kubernetes.io/instance': 'shop',
          'app.kubernetes.io/component': 'primary',
        },
      },
      volumeClaimTemplates: [
        {
          // These two it was given by Kubernetes then.
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '8Gi' } } },
        },
      ],
    });
    expect(find('Secret')).toMatchObject({ type: 'kubernetes.io/basic-auth' });
  });

  test('a Secret of the user’s is read by its key, and none is made', () => {
    const words = ['--set', 'auth.existingSecret=theirs,auth.secretKeys.userPasswordKey=DB_PASSWORD'];
    const made = objects('shop', ...words);
    expect(made.map(({ kind }) => kind)).not.toContain('Secret');
    expect(JSON.stringify(made)).toContain(
      '"secretName":"theirs","items":[{"key":"DB_PASSWORD","path":"password"}]',
    );
    expect(JSON.stringify(made)).not.toContain('open');
  });

  test('without a cluster no password is generated: it would be another one each time', () => {
    const { status, stderr } = render('shop', '--set', 'auth.password=');
    expect(status).not.toBe(0);
    expect(stderr).toContain(
      'Set auth.existingSecret to the name of a Secret that holds the password, or set auth.password.',
    );
  });

  test('numbers of the configuration stay numbers, however large', () => {
    const words = [
      '--set',
      'postgresqlConfiguration.log_min_duration_statement=2000000,postgresqlConfiguration.jit=false',
    ];
    const text = JSON.stringify(objects('shop', ...words));
    expect(text).toContain('"log_min_duration_statement=2000000"');
    expect(text).toContain('"jit=false"');
  });

  test('scripts of the first initialisation are in a ConfigMap whose change restarts nothing', () => {
    const words = (text: string) => ['--set', `primary.initdb.scripts.a\\.sql=${text}`];
    const pod = (text: string) =>
      objects('shop', ...words(text)).find(({ kind }) => kind === 'StatefulSet')?.spec;
    expect(pod('select 1')).toEqual(pod('select 2'));
    expect(JSON.stringify(pod('select 1'))).toContain('"mountPath":"/etc/postgresql/initdb/1-scripts"');
    expect(objects('shop', ...words('select 2'))).toContainEqual(
      expect.objectContaining({ kind: 'ConfigMap', data: { 'a.sql': 'select 2' } }),
    );
  });

  test('a label of the user’s cannot take the place of one that selectors look for', () => {
    const words = ['--set-string', 'commonLabels.app\\.kubernetes\\.io/name=theirs'];
    expect(JSON.stringify(objects('shop', ...words))).not.toContain('theirs');
  });

  test('the pod passes Pod Security "restricted", and every container has its resources', () => {
    const set = objects('shop').find(({ kind }) => kind === 'StatefulSet');
    const { template } = z.object({ template: z.object({ spec: podSpec }) }).parse(set?.spec);
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 999,
      fsGroup: 999,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const { containers } = template.spec;
    expect(containers.map(({ name }) => name)).toEqual(['postgres', 'credentials']);
    // One before the server costs each start a second.
    expect(template.spec['initContainers']).toBeUndefined();
    const amounts: unknown = expect.objectContaining({
      cpu: expect.anything(),
      memory: expect.anything(),
      'ephemeral-storage': expect.anything(),
    });
    for (const container of containers) {
      expect(container).toMatchObject({
        resources: { requests: amounts, limits: amounts },
        terminationMessagePolicy: 'FallbackToLogsOnError',
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      });
    }
  });

  test('readiness needs an answer that accepts; start and liveness take one that says "in recovery"', () => {
    const set = objects('shop').find(({ kind }) => kind === 'StatefulSet');
    const { template } = z.object({ template: z.object({ spec: podSpec }) }).parse(set?.spec);
    const [postgres] = template.spec.containers;
    const command = (probe: string) => JSON.stringify(postgres?.[probe]);
    const asks = 'pg_isready -q -h 127.0.0.1 -p 5432 -U \\"$APP_USERNAME\\" -d \\"$APP_DATABASE\\"';
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
      expect(command(probe)).toContain(asks);
    }
    for (const probe of ['startupProbe', 'livenessProbe']) {
      expect(command(probe)).toContain('|| [ $? -eq 1 ] || [ -e /tmp/initializing ]');
    }
    expect(command('readinessProbe')).not.toContain('||');
  });

  test('the checksum on the pod changes with the scripts alone, not with the chart’s version', () => {
    const checksum = (...words: readonly string[]) =>
      /checksum\/scripts: (\w+)/.exec(render('shop', ...words).stdout)?.[1];
    const labelled = checksum('--set', 'commonLabels.team=blue');
    expect(labelled).toMatch(/^[0-9a-f]{64}$/);
    expect(labelled).toBe(checksum());
  });

  test('a version that Flux has made of a commit is a label that Kubernetes takes, and restarts no pod', () => {
    const ofCommit = new ChartFolder({ auth: { password: 'open' } });
    try {
      const file = join(ofCommit.path, 'Chart.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^version: .*/m, '$&+0123456789ab.1'));
      const labels = ofCommit.objects('shop').map(({ metadata }) => metadata.labels?.['helm.sh/chart'] ?? '');
      expect(labels).not.toContain('');
      expect(labels.filter((label) => !/^postgresql-[\w.]+_0123456789ab\.1$/.test(label))).toEqual([]);
      const podsOf = (folder: ChartFolder) =>
        folder.objects('shop').flatMap(({ kind, spec }) => (kind === 'StatefulSet' ? [spec] : []));
      expect(podsOf(ofCommit)).toEqual(podsOf(chart));
    } finally {
      ofCommit.remove();
    }
  });

  test('the password is in the Secret alone', () => {
    const secrets = objects('shop').filter(({ kind }) => kind === 'Secret');
    expect(secrets).toEqual([
      expect.objectContaining({
        type: 'kubernetes.io/basic-auth',
        data: { username: base64('app'), password: base64('open') },
      }),
    ]);
    expect(secrets[0]?.metadata).toMatchObject({ annotations: { 'helm.sh/resource-policy': 'keep' } });
    expect(objects('shop').filter((object) => JSON.stringify(object).includes(base64('open')))).toEqual(
      secrets,
    );
  });

  test('only the clients come in, or the namespace’s pods when nobody said who they are; nothing goes out', () => {
    const policy = (...words: readonly string[]) =>
      objects('shop', ...words).find(({ kind }) => kind === 'NetworkPolicy')?.spec;
    const ports = [{ protocol: 'TCP', port: 5432 }];
    // The chart's own jobs; jobs.test.ts looks at them.
    const jobs: unknown = expect.anything();
    expect(policy()).toMatchObject({ ingress: [{ from: [{ podSelector: {} }, jobs], ports }], egress: [] });
    expect(policy('--set', 'primary.networkPolicy.clients[0].matchLabels.app=shop')).toMatchObject({
      ingress: [{ from: [{ podSelector: { matchLabels: { app: 'shop' } } }, jobs], ports }],
    });
    expect(policy('--set', 'primary.networkPolicy.enabled=false')).toBeUndefined();
  });

  test.each([
    'config_file',
    'data_directory',
    'hba_file',
    'listen_addresses',
    'port',
    'ssl',
    'ssl_cert_file',
    'ssl_key_file',
    'unix_socket_directories',
  ])('the parameter %s is the chart’s own, for Helm and for our own schema', (name) => {
    const { stderr } = render('shop', '--set', `postgresqlConfiguration.${name}=1`);
    expect(stderr).toContain(`${name} is set by the chart`);
    expect(postgresqlValues.safeParse({ postgresqlConfiguration: { [name]: 1 } }).success).toBe(false);
  });

  test.each(['backup', 'metrics', 'metrics.image', 'primary.initdb', 'primary.networkPolicy.dns', 'tls'])(
    'values of an older chart, without %s, are refused with the way out',
    (name) => {
      expect(render('shop', '--set', `${name}=null`).stderr).toContain(
        'Upgrade with --reset-then-reuse-values, which keeps what you have set.',
      );
    },
  );

  test('the values of a parent chart do not disturb', () => {
    expect(render('shop', '--set', 'global.anything=1,enabled=true').status).toBe(0);
  });
});
