import { declareService } from '@cafe-lumiere/contract';
import { expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import type { Dns } from './dns.js';
import { HelmChart } from './helm-chart.js';
import { DefaultDenyNetworkPolicy } from './pod-network-policy.js';
import { PostgresStack } from './postgres-stack.js';
import { ProbedService } from './probed-service.js';
import { only, synthesized } from './synthesized.js';

function shop(dns?: Dns) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const names = { configMap: 'config', secret: 'secrets' };
  const configuration = new Configuration(chart, 'configuration', dns ? { ...names, dns } : names);
  new DefaultDenyNetworkPolicy(chart, 'default-deny');
  new ProbedService(chart, declareService({ name: 'till', port: 8080 }), {
    image: 'shop/till:1.0.0',
    configuration,
  });
  return { app, chart };
}

const ports = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];
const inNamespace = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

test.each<[string, Dns | undefined, object]>([
  ['of any address when somebody says so', 'any', { ports }],
  [
    'of the cluster’s DNS alone when nobody says more',
    undefined,
    {
      to: [
        {
          namespaceSelector: inNamespace('kube-system'),
          podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
        },
      ],
      ports,
    },
  ],
  [
    'of DNS pods that are labelled otherwise, and of the node',
    { namespace: 'dns', podLabels: { app: 'coredns' }, nodeLocal: '169.254.20.10' },
    {
      to: [
        { namespaceSelector: inNamespace('dns'), podSelector: { matchLabels: { app: 'coredns' } } },
        { ipBlock: { cidr: '169.254.20.10/32' } },
      ],
      ports,
    },
  ],
  [
    'of a node with IPv6',
    { nodeLocal: 'fd00::a' },
    expect.objectContaining({ to: expect.arrayContaining([{ ipBlock: { cidr: 'fd00::a/128' } }]) }),
  ],
])('a service may ask for names %s', (_who, dns, rule) => {
  const { app, chart } = shop(dns);
  expect(only(synthesized(chart), 'NetworkPolicy', 'till')).toHaveProperty('spec.egress', [rule]);
  expect(app.proven().findings).toEqual([]);
});

test('refuses a node-local address that is none', () => {
  expect(() => shop({ nodeLocal: '169.254.20.10/32' })).toThrow(
    'shop/configuration: dns.nodeLocal is "169.254.20.10/32"; it is an address alone, such as 169.254.20.10.',
  );
});

test.each<[string, Dns | undefined, RegExp]>([
  ['of the cluster’s DNS', undefined, /namespace: kube-system\n[^]*podLabels: \{\}\n[^]*anywhere: false/],
  [
    'of DNS pods that are labelled otherwise, and of the node',
    { namespace: 'dns', podLabels: { app: 'coredns' }, nodeLocal: '169.254.20.10' },
    /namespace: dns\n[^]*podLabels:\n +app: coredns\n[^]*nodeLocal: 169\.254\.20\.10\n/,
  ],
  ['of any address when somebody says so', 'any', /anywhere: true/],
])('the jobs of a database’s chart may ask for names %s', (_who, dns, values) => {
  const { chart } = shop();
  new PostgresStack(chart, 'postgres', {
    ...{ database: 'shop', owner: 'shop', storage: Size.gibibytes(1), release: 'shop-postgresql' },
    credentials: { existingSecret: 'secrets' },
    ...(dns && { dns }),
  });
  const [helm] = HelmChart.within(chart);
  expect(helm?.files().get('values.yaml')).toMatch(values);
});
