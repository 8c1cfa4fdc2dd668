import { expect, test } from '@jest/globals';
import { findingText } from '../../model/finding.js';
import { bookshopAfter } from '../../testing/bookshop.js';
import { testBroken } from '../../testing/broken.js';
import { add, type Mutation, set, unset } from '../../testing/mutation.js';
import { CLOUDNATIVE_PG_PROOFS } from './index.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A Cluster beside the bookshop's own database, with all that it needs where everything is denied. */
const CLUSTER = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: shelf, namespace: bookshop }
spec:
  instances: 3
  imageName: ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie
  smartShutdownTimeout: 1
  stopDelay: 60
  bootstrap: { initdb: { database: shelf, owner: librarian, secret: { name: shelf-owner } } }
  storage: { size: 1Gi }
---
apiVersion: v1
kind: Secret
metadata: { name: shelf-owner, namespace: bookshop, annotations: { cafe-check/waive.CAFE091: a password for tests } }
type: kubernetes.io/basic-auth
data: { username: ${base64('librarian')}, password: ${base64('dust')} }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: shelf, namespace: bookshop }
spec:
  podSelector: { matchLabels: { cnpg.io/cluster: shelf } }
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{ podSelector: { matchLabels: { cnpg.io/cluster: shelf } } }]
      ports: [{ port: 5432 }, { port: 8000 }]
    - from:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: cnpg-system } }
          podSelector: { matchLabels: { app.kubernetes.io/name: cloudnative-pg } }
      ports: [{ port: 5432 }, { port: 8000 }]
  egress:
    - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    - to: [{ podSelector: { matchLabels: { cnpg.io/cluster: shelf } } }]
      ports: [{ port: 5432 }, { port: 8000 }]
    - to: [{ ipBlock: { cidr: 10.0.0.2/32 } }]
      ports: [{ port: 6443 }]
`;
const whole = add(CLUSTER);
const shelf = (path: string, value: unknown): Mutation => set('Cluster/shelf', path, value);
const policy = (path: string, value: unknown): Mutation => set('NetworkPolicy/shelf', path, value);
const pooler = (poolMode: string): Mutation =>
  add(
    `{apiVersion: postgresql.cnpg.io/v1, kind: Pooler, metadata: {name: shelf-pooler, namespace: bookshop}, spec: {cluster: {name: shelf}, instances: 2, pgbouncer: {poolMode: ${poolMode}}}}`,
  );
const CATALOGUE = 'Deployment/catalogue';
const host = (name: string): Mutation =>
  set(CATALOGUE, 'spec.template.spec.containers.0.env.+', { name: 'DB_HOST', value: name });
const recovery: readonly Mutation[] = [
  shelf('spec.bootstrap.initdb', undefined),
  shelf('spec.bootstrap.recovery', { source: 'old' }),
];

/** The ids of the family in what is found. */
const found = (...mutations: readonly Mutation[]): readonly string[] =>
  bookshopAfter(...mutations)
    .findings.filter(({ id }) => CLOUDNATIVE_PG_PROOFS.some((proof) => proof.id === id))
    .map(findingText);

test.each<[string, readonly Mutation[]]>([
  ['as it is', []],
  ['of one instance without a budget', [shelf('spec.instances', 1), shelf('spec.enablePDB', false)]],
  ['behind a pooler by session', [pooler('session'), host('shelf-pooler')]],
  [
    'behind a pooler by transaction, for a program that may bear it',
    [
      pooler('transaction'),
      host('shelf-pooler'),
      unset(CATALOGUE, 'spec.template.spec.containers.0.env.DRAIN_SECONDS'),
    ],
  ],
  [
    'that is restored, and that no controller deletes',
    [...recovery, shelf('metadata.annotations', { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' })],
  ],
  [
    'whose standbys are for reading',
    [set(CATALOGUE, 'spec.template.spec.containers.0.env.+', { name: 'DB_READ_HOST', value: 'shelf-ro' })],
  ],
  ['to whose primary a service is led', [host('shelf-rw')]],
])('a Cluster %s is whole', (_name, mutations) => {
  expect(found(whole, ...mutations)).toEqual([]);
});

test('with everything beside it, nothing else is found either', () => {
  const kept = set('Cluster/shelf', 'metadata.annotations', { 'helm.sh/resource-policy': 'keep' });
  expect(bookshopAfter(whole, kept).findings.map(findingText)).toEqual([]);
});

// prettier-ignore
testBroken(CLOUDNATIVE_PG_PROOFS, {
  CAFE121: [['a single one with its budget', [whole, shelf('spec.instances', 1)], 'set enablePDB: false, or instances: 3']],
  CAFE122: [
    ['a pooler by transaction in front of LISTEN', [whole, pooler('transaction'), host('shelf-pooler')], 'set poolMode: session'],
    ['a pooler by statement', [whole, pooler('statement'), host('shelf-pooler')], 'statement, and Deployment bookshop/catalogue'],
  ],
  CAFE123: [
    ['another name in the Secret', [whole, set('Secret/shelf-owner', 'data.username', base64('reader'))], 'set username of Secret bookshop/shelf-owner to librarian'],
    ['a Secret of the application’s', [whole, shelf('spec.bootstrap.initdb.secret.name', 'bookshop-secrets')], 'without username and password'],
    ['the superuser as the owner', [whole, shelf('spec.bootstrap.initdb.owner', 'postgres')], 'takes the password of postgres away'],
  ],
  CAFE124: [['recovery left in git', [whole, ...recovery], 'recovery is read when it is made']],
  CAFE125: [
    ['a wait that is longer than the time', [whole, shelf('spec.smartShutdownTimeout', 90)], 'less than stopDelay, 60 s'],
    ['the operator’s defaults', [whole, shelf('spec.smartShutdownTimeout', undefined), shelf('spec.stopDelay', undefined)], "180 s, the operator's default, with stopDelay 1800 s"],
  ],
  CAFE126: [
    ['no rule for the operator', [whole, policy('spec.ingress.1', undefined)], "the operator's namespace in on 8000 and 5432"],
    ['no port 8000', [whole, policy('spec.ingress.1.ports.1', undefined)], "the operator's namespace in on 8000,"],
    ['no way between the instances', [whole, policy('spec.ingress.0', undefined)], 'the other instances in on 8000 and 5432'],
    ['no way out to the others', [whole, policy('spec.egress.1', undefined)], 'lets the other instances be reached'],
    ['no way to the API server', [whole, policy('spec.egress.2', undefined)], 'each instance reads there whether it is the primary'],
    ['no policy of its own', [whole, policy('spec.podSelector.matchLabels', { app: 'catalogue' })], 'NetworkPolicy bookshop/default-deny'],
  ],
  CAFE127: [
    ['the Service of the standbys', [whole, host('shelf-ro')], 'set the host to shelf-rw'],
    ['the Service of all', [whole, host('shelf-r')], 'which leads to any instance of Cluster bookshop/shelf'],
    ['a Service of one’s own', [whole, host('shelf-copies'), add('{apiVersion: v1, kind: Service, metadata: {name: shelf-copies, namespace: bookshop}, spec: {selector: {cnpg.io/cluster: shelf, cnpg.io/instanceRole: replica}, ports: [{port: 5432}]}}')], 'shelf-copies, which leads to the standbys'],
  ],
});
