import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ChartFolder, helmFound } from './chart-fixture.js';

(helmFound ? describe : describe.skip)('the exporter, with the real Helm', () => {
  let chart: ChartFolder;
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' } });
  });
  afterAll(() => {
    chart.remove();
  });
  const ON = ['--set', 'metrics.enabled=true,metrics.existingSecret=theirs'];
  const find = (kind: string, ...words: readonly string[]) =>
    chart
      .objects('shop', ...words)
      .find(({ kind: found, metadata }) => found === kind && metadata.name === 'shop-postgresql-metrics');

  test('is there for those who ask for it', () => {
    expect(chart.render('shop').stdout).not.toContain('exporter:');
    expect(find('Deployment', ...ON)?.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(find('Service', ...ON)?.spec).toMatchObject({ ports: [{ name: 'metrics', port: 9187 }] });
  });

  test('comes and goes without a change of the server’s pod, which would restart it', () => {
    const server = (...words: readonly string[]) =>
      chart.objects('shop', ...words).find(({ kind }) => kind === 'StatefulSet')?.spec;
    const theirs = ['--set', 'metrics.existingSecret=theirs'];
    expect(server(...ON)).toEqual(server(...theirs));
    expect(JSON.stringify(server())).toContain('{"secretName":"shop-postgresql-metrics","optional":true');
  });

  test('passes Pod Security "restricted", has its resources, and logs in with a file of its Secret', () => {
    const { template } = z
      .object({
        template: z.object({
          spec: z.looseObject({ containers: z.array(z.looseObject({ env: z.array(z.unknown()) })) }),
        }),
      })
      .parse(find('Deployment', ...ON)?.spec);
    const amounts: unknown = expect.objectContaining({ cpu: expect.anything(), memory: expect.anything() });
    expect(template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          image: 'quay.io/prometheuscommunity/postgres-exporter:v0.17.1',
          resources: { requests: amounts, limits: amounts },
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
      volumes: [{ secret: { secretName: 'theirs' } }],
    });
    expect(template.spec.containers[0]?.env).toContainEqual({
      name: 'DATA_SOURCE_PASS_FILE',
      value: '/etc/postgresql/metrics/password',
    });
  });

  test('without a cluster no password is generated for it', () => {
    const { status, stderr } = chart.render('shop', '--set', 'metrics.enabled=true');
    expect(status).not.toBe(0);
    expect(stderr).toContain('Set metrics.existingSecret to the name of a Secret');
  });

  test('is asked by the scrapers alone, or by the namespace’s pods when nobody said who they are', () => {
    const ports = [{ protocol: 'TCP', port: 9187 }];
    expect(find('NetworkPolicy', ...ON)?.spec).toMatchObject({
      ingress: [{ from: [{ podSelector: {} }], ports }],
    });
    const words = [
      '--set',
      'metrics.scrapers[0].namespace=monitoring,metrics.scrapers[0].matchLabels.app=prometheus',
    ];
    expect(find('NetworkPolicy', ...ON, ...words)?.spec).toMatchObject({
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
              podSelector: { matchLabels: { app: 'prometheus' } },
            },
          ],
          ports,
        },
      ],
    });
    expect(find('NetworkPolicy', ...ON, '--set', 'primary.networkPolicy.enabled=false')).toBeUndefined();
  });

  test('is let in by the database, though only clients are', () => {
    const policies = chart.objects('shop', ...ON).filter(({ kind }) => kind === 'NetworkPolicy');
    const admits = policies.filter((policy) => JSON.stringify(policy.spec).includes('"restore","metrics"'));
    expect(admits.map(({ metadata }) => metadata.name)).toEqual(['shop-postgresql', 'shop-postgresql-jobs']);
  });

  test('has a ServiceMonitor for those who ask for it, with the labels that their Prometheus selects by', () => {
    expect(find('ServiceMonitor', ...ON)).toBeUndefined();
    const words = [
      '--set',
      'metrics.serviceMonitor.enabled=true,metrics.serviceMonitor.interval=30s,metrics.serviceMonitor.labels.release=monitoring',
    ];
    expect(find('ServiceMonitor', ...ON, ...words)).toMatchObject({
      metadata: { labels: { release: 'monitoring' } },
      spec: { endpoints: [{ port: 'metrics', interval: '30s' }] },
    });
    expect(chart.render('shop', ...words).stderr).toContain('there would be nothing to ask');
  });
});
