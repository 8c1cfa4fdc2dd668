import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { check, clusterOf } from '../check.js';
import type { Cluster } from '../model/cluster.js';
import { findingText } from '../model/finding.js';
import { type Manifest, titleOf } from '../model/manifest.js';
import { NetworkPolicies } from '../model/network-policies.js';
import { manifestsIn } from '../testing/mutation.js';
import { generatedPolicies, policiesYaml } from './generated-policies.js';
import { reaches } from './reaches.js';

const FIXTURES = new URL('../fixtures/', import.meta.url);
const read = (path: string): readonly Manifest[] =>
  manifestsIn(readFileSync(new URL(path, FIXTURES), 'utf8'));

const policiesFor = (manifests: readonly Manifest[]): readonly Manifest[] => {
  const { cluster } = clusterOf(manifests);
  return manifestsIn(policiesYaml(cluster, generatedPolicies(cluster)));
};

describe('policies that are generated for', () => {
  const foreign = readdirSync(new URL('foreign/', FIXTURES)).map((name) => `foreign/${name}`);
  test.each(['bookshop/bookshop.yaml', 'first-system/deployments.yaml', ...foreign])(
    '%s bring no finding',
    (path) => {
      const manifests = read(path).filter(({ kind }) => kind !== 'NetworkPolicy');
      const before = new Set(check(manifests).findings.map(findingText));
      const after = check([...manifests, ...policiesFor(manifests)]).findings.map(findingText);
      expect(after.filter((text) => !before.has(text))).toEqual([]);
    },
  );

  test('manifests that have policies of their own add to them', () => {
    const manifests = read('bookshop/bookshop.yaml');
    const generated = policiesFor(manifests);
    const before = new Set(check(manifests).findings.map(findingText));
    const after = check([...manifests, ...generated]).findings.map(findingText);
    expect(after.filter((text) => !before.has(text))).toEqual([]);
    expect(generated.map(titleOf)).toContain('NetworkPolicy bookshop/basket-deployment');
  });
});

test('a rule says what it is for, and a policy what no rule can say', () => {
  const { cluster } = clusterOf(
    manifestsIn(`
{ apiVersion: v1, kind: Pod, metadata: { name: kiosk, namespace: zoo, labels: { app: kiosk } }, spec: { serviceAccountName: keeper, containers: [{ name: kiosk, image: "k:1", env: [{ name: PAY_URL, value: "https://pay.example.org" }, { name: TICKETS_URL, value: "http://tickets" }, { name: LEDGER_HOST, value: ledger.bank.svc.cluster.local }] }] } }
---
{ apiVersion: v1, kind: Pod, metadata: { name: copy, namespace: zoo, labels: { app: kiosk } }, spec: { containers: [{ name: copy, image: "k:1" }] } }
---
{ apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: { name: keeper, namespace: zoo }, roleRef: { kind: ClusterRole, name: view }, subjects: [{ kind: ServiceAccount, name: keeper }] }
---
{ apiVersion: v1, kind: Service, metadata: { name: ticket, namespace: zoo }, spec: { selector: { app: ticket }, ports: [{ port: 80 }] } }
`),
  );
  expect(policiesYaml(cluster, generatedPolicies(cluster))).toMatchSnapshot();
});

/** A small system: which of five programs connects to which, by which port, and who of them is reached from outside. */
const system = fc.record({
  edges: fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(4), fc.constantFrom('web', 'admin')), {
    maxLength: 12,
    selector: (edge) => edge.join(' '),
  }),
  spaces: fc.array(fc.constantFrom('north', 'south'), { minLength: 5, maxLength: 5 }),
  exposed: fc.subarray([0, 1, 2, 3, 4], { maxLength: 2 }),
  outside: fc.subarray([0, 1, 2, 3, 4]),
  sharesLabel: fc.boolean(),
});
type System = typeof system extends fc.Arbitrary<infer Value> ? Value : never;

const PORTS = { web: 8000, admin: 9000 } as const;

/** As somebody writes it who has never heard of policies. */
const yamlOf = ({ edges, spaces, exposed, outside, sharesLabel }: System): string =>
  spaces
    .map((namespace, index) => {
      const labels = `name: p${index}${sharesLabel ? ', part-of: all' : ''}`;
      const env = [
        ...edges.flatMap(([from, to, port]) =>
          from === index
            ? [
                `{ name: P${to}_${port.toUpperCase()}_URL, value: "http://p${to}.${spaces[to] ?? ''}:${PORTS[port] + 1}" }`,
              ]
            : [],
        ),
        ...(outside.includes(index) ? ['{ name: API_URL, value: "https://api.example.org/v1" }'] : []),
      ].join(', ');
      return `
{ apiVersion: v1, kind: Service, metadata: { name: p${index}, namespace: ${namespace} }, spec: { selector: { name: p${index} }, ports: [{ name: web, port: 8001, targetPort: web }, { name: admin, port: 9001, targetPort: 9000 }] } }
---
${exposed.includes(index) ? `{ apiVersion: v1, kind: Service, metadata: { name: p${index}-public, namespace: ${namespace} }, spec: { type: LoadBalancer, selector: { name: p${index} }, ports: [{ port: 80, targetPort: web }] } }\n---\n` : ''}{ apiVersion: apps/v1, kind: Deployment, metadata: { name: p${index}, namespace: ${namespace} }, spec: { selector: { matchLabels: { name: p${index} } }, template: { metadata: { labels: { ${labels} } }, spec: { containers: [{ name: main, image: "i:1", ports: [{ name: web, containerPort: 8000 }, { name: admin, containerPort: 9000 }], env: [${env}] }] } } } }
---`;
    })
    .join('');

test('every connection that was found is allowed, nothing else between the workloads, and nothing new is found', () => {
  fc.assert(
    fc.property(system, (drawn) => {
      const manifests = manifestsIn(yamlOf(drawn));
      const all = [...manifests, ...policiesFor(manifests)];
      const { cluster } = clusterOf(all);
      expect(allowedIn(cluster)).toEqual(declaredIn(drawn));
      const before = new Set(check(manifests).findings.map(findingText));
      expect(
        check(all)
          .findings.map(findingText)
          .filter((text) => !before.has(text)),
      ).toEqual([]);
      expect(reaches(cluster).filter(({ kind }) => kind === 'nowhere')).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

/** What the policies let one program do with another. */
function allowedIn(cluster: Cluster): string[] {
  const policies = new NetworkPolicies(cluster);
  return cluster.workloads
    .flatMap((from) =>
      cluster.workloads.flatMap((to) =>
        Object.entries(PORTS).flatMap(([name, number]) => {
          const port = { number, protocol: 'TCP', name };
          const isAllowed =
            policies.allows(from, 'Egress', to, port) && policies.allows(to, 'Ingress', from, port);
          return isAllowed ? [`${from.name} ${to.name} ${name}`] : [];
        }),
      ),
    )
    .sort();
}

/** What the system was drawn with. */
const declaredIn = ({ edges }: System): string[] =>
  edges.map(([from, to, port]) => `p${from} p${to} ${port}`).sort();
