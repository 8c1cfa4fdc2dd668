import { expect, test } from '@jest/globals';
import { Cluster, type Workload } from './cluster.js';
import { manifestsIn } from '../testing/mutation.js';
import { NetworkPolicies, type PodPort } from './network-policies.js';

const pod = (name: string, labels: string, namespace: string): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: ${namespace}, labels: {${labels}}}, spec: {containers: [{name: c, image: "i:1"}]}}\n---\n`;
const PODS =
  pod('web', 'app: web', 'shop') +
  pod('api', 'app: api', 'shop') +
  pod('scraper', 'app: scraper', 'monitoring') +
  '{apiVersion: v1, kind: Namespace, metadata: {name: monitoring, labels: {team: ops}}}\n---\n';
const HTTP: PodPort = { number: 8080, protocol: 'TCP', name: 'http' };

/** Whether web may connect to api, and scraper to api, with one policy on api. */
function allowed(spec: string, port: PodPort = HTTP): [web: boolean, scraper: boolean] {
  const cluster = new Cluster(
    manifestsIn(
      `${PODS}{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: api, namespace: shop}, spec: ${spec}}`,
    ),
  );
  const policies = new NetworkPolicies(cluster);
  const named = (name: string): Workload => {
    const found = cluster.workloads.find((workload) => workload.name === name);
    if (!found) throw new Error(`no pod ${name}`);
    return found;
  };
  return [
    policies.allows(named('api'), 'Ingress', named('web'), port),
    policies.allows(named('api'), 'Ingress', named('scraper'), port),
  ];
}

test.each<[rule: string, spec: string, web: boolean, scraper: boolean]>([
  ['a policy of other pods leaves these open', '{podSelector: {matchLabels: {app: other}}}', true, true],
  ['a policy without rules closes them', '{podSelector: {}}', false, false],
  ['an empty rule opens them to everybody', '{podSelector: {}, ingress: [{}]}', true, true],
  ['a policy of egress says nothing of ingress', '{podSelector: {}, policyTypes: [Egress]}', true, true],
  [
    'pods by label, of the own namespace',
    '{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}',
    true,
    false,
  ],
  [
    'every pod of the own namespace',
    '{podSelector: {}, ingress: [{from: [{podSelector: {}}]}]}',
    true,
    false,
  ],
  [
    'a namespace by its label',
    '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}]}]}',
    false,
    true,
  ],
  [
    'a namespace by its name',
    '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}]}]}',
    true,
    false,
  ],
  [
    'namespace and pods in one peer: both',
    '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {app: scraper}}}]}]}',
    false,
    true,
  ],
  [
    'two peers: either',
    '{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: ops}}}, {podSelector: {matchLabels: {app: web}}}]}]}',
    true,
    true,
  ],
  [
    'addresses are nobody’s pod',
    '{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}',
    false,
    false,
  ],
  [
    'an expression',
    '{podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}}]}]}',
    false,
    false,
  ],
  ['no types are the usual ones', '{podSelector: {}, policyTypes: []}', false, false],
  [
    'rules of another type count for nothing',
    '{podSelector: {}, policyTypes: [Egress], ingress: []}',
    true,
    true,
  ],
  [
    'a label that is absent, in every namespace',
    '{podSelector: {}, ingress: [{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}]}]}',
    true,
    true,
  ],
  ['another port', '{podSelector: {}, ingress: [{ports: [{port: 80}]}]}', false, false],
  ['the port by its name', '{podSelector: {}, ingress: [{ports: [{port: http}]}]}', true, true],
  ['a range of ports', '{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 8080}]}]}', true, true],
  ['the port over UDP', '{podSelector: {}, ingress: [{ports: [{port: 8080, protocol: UDP}]}]}', false, false],
])('%s', (_rule, spec, web, scraper) => {
  expect(allowed(spec)).toEqual([web, scraper]);
});

test('policies add up: what one allows, another does not forbid', () => {
  const cluster = new Cluster(
    manifestsIn(
      `${PODS}{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {podSelector: {}}}\n---\n` +
        '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: api, namespace: shop}, spec: {podSelector: {matchLabels: {app: api}}, ingress: [{}]}}',
    ),
  );
  const policies = new NetworkPolicies(cluster);
  const verdicts = cluster.workloads.map((workload) => policies.allows(workload, 'Ingress', 'outside', HTTP));
  expect(verdicts).toEqual([false, true, true]);
});
