import { declareService } from '@cafe-lumiere/contract';
import { expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import type { Dns } from './dns.js';
import { DefaultDenyNetworkPolicy } from './pod-network-policy.js';
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
