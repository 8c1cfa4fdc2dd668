import { readFileSync } from 'node:fs';
import { findingText } from '@cafe-lumiere/checks';
import { declareForeignService, postgres } from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { Chart, Size } from 'cdk8s';
import { z } from 'zod';
import { App } from './app.js';
import { CloudNativePgCluster } from './cloudnative-pg-cluster.js';
import type { CloudNativePgClusterProps } from './cloudnative-pg-cluster-props.js';
import { Configuration } from './configuration.js';
import { PostgresStack } from './postgres-stack.js';
import { ProbedService } from './probed-service.js';
import type { DatabaseCredentials } from './store.js';
import { type Manifest, only, synthesized } from './synthesized.js';

const shop = declareForeignService({
  name: 'shop',
  port: 8080,
  stores: {
    DB: postgres({
      variables: {
        host: 'DB_HOST',
        port: 'DB_PORT',
        database: 'DB_NAME',
        user: 'DB_USER',
        password: 'DB_PASSWORD',
        sslMode: 'PGSSLMODE',
        sslRootCert: 'PGSSLROOTCERT',
        poolMax: 'DB_POOL_MAX',
      },
    }),
  },
  gate: 'none',
  probes: { readiness: { http: '/ready' }, liveness: { http: '/alive' } },
});

const names = { database: 'shop', owner: 'shopkeeper', storage: Size.gibibytes(5) };
const SECRET: DatabaseCredentials = { existingSecret: 'shop-database' };

function newShop(changes: Partial<CloudNativePgClusterProps> = {}) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const cluster = new CloudNativePgCluster(chart, 'postgres', {
    ...names,
    name: 'shop-postgresql',
    image: 'ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie',
    credentials: SECRET,
    ...changes,
  });
  const configuration = new Configuration(chart, 'configuration', { configMap: 'shop', secret: 'shop' });
  const image = 'example.com/shop:1.0.0';
  const service = new ProbedService(chart, shop, { image, configuration });
  return {
    app,
    chart,
    cluster,
    service,
    connect: () => {
      service.connects(cluster);
    },
  };
}

function manifestsWith(changes: Partial<CloudNativePgClusterProps> = {}): readonly Manifest[] {
  const { chart, connect } = newShop(changes);
  connect();
  return synthesized(chart);
}

const clusterOf = (manifests: readonly Manifest[]): Manifest => only(manifests, 'Cluster', 'shop-postgresql');

/** A field that the operator does not know is refused by a server that is asked to be strict, and dropped by others. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => !key.startsWith('x-kubernetes-') && key !== 'format')
      .map(([key, value]) => [key, closed(value)]),
  );
  return 'properties' in inner && !('additionalProperties' in inner)
    ? { ...inner, additionalProperties: false }
    : inner;
}

const fixture = z
  .object({ spec: z.record(z.string(), z.unknown()) })
  .parse(
    JSON.parse(readFileSync(new URL('fixtures/cloudnative-pg-cluster-1.28.0.json', import.meta.url), 'utf8')),
  );
const validate = new Ajv({ strict: false }).compile(
  z.record(z.string(), z.unknown()).parse(closed(fixture.spec)),
);

const VARIANTS: readonly (readonly [string, Partial<CloudNativePgClusterProps>])[] = [
  ['three instances', {}],
  ['five instances', { instances: 5 }],
  ['a single one', { instances: 1 }],
  ['a certificate of ours', { tls: { existingSecret: 'shop-tls' } }],
  ['no TLS', { tls: 'off' }],
  ['a development password', { credentials: { developmentPassword: 'tea' } }],
  ['an older PostgreSQL', { image: 'ghcr.io/cloudnative-pg/postgresql:16.10-standard-trixie' }],
  ['a storage class and zones', { storageClass: 'fast', topologyKey: 'topology.kubernetes.io/zone' }],
];

describe('what is written', () => {
  test.each(VARIANTS)('with %s is valid against the operator’s own schema', (_name, changes) => {
    const { spec } = z.looseObject({ spec: z.unknown() }).parse(clusterOf(manifestsWith(changes)));
    validate(spec);
    expect(validate.errors ?? []).toEqual([]);
  });

  test.each([
    ['a mistyped field', { smartShutdownTimout: 1 }],
    ['text for a number', { stopDelay: '60' }],
    ['a method that is none', { primaryUpdateMethod: 'rolling' }],
  ])('the schema refuses %s', (_name, wrong) => {
    const { spec } = z.looseObject({ spec: z.looseObject({}) }).parse(clusterOf(manifestsWith()));
    expect(validate({ ...spec, ...wrong })).toBe(false);
  });

  test.each(VARIANTS)('with %s has no finding', (_name, changes) => {
    const { app, connect } = newShop(changes);
    connect();
    const { findings } = app.proven();
    // The foreign program's own: it has no gate.
    expect(findings.filter(({ object }) => !object.startsWith('Deployment')).map(findingText)).toEqual([]);
  });
});

describe('a Cluster', () => {
  test('acknowledges nothing that is on one machine only, and promotes nothing that may lack it', () => {
    const synchronous = (instances: 1 | 3 | 5) => clusterOf(manifestsWith({ instances }))['spec'];
    const number = { method: 'any', dataDurability: 'required', failoverQuorum: true };
    expect(synchronous(3)).toHaveProperty('postgresql.synchronous', { ...number, number: 1 });
    expect(synchronous(5)).toHaveProperty('postgresql.synchronous', { ...number, number: 2 });
    expect(synchronous(1)).not.toHaveProperty('postgresql.synchronous');
  });

  test('has a budget where an eviction waits for another instance, and none where it waited for ever', () => {
    expect(clusterOf(manifestsWith())).toHaveProperty('spec.enablePDB', true);
    expect(clusterOf(manifestsWith({ instances: 1 }))).toHaveProperty('spec.enablePDB', false);
  });

  test('ends before a drain gives up, and waits for no client that never leaves', () => {
    expect(clusterOf(manifestsWith())).toMatchObject({
      spec: { smartShutdownTimeout: 1, stopDelay: 60, switchoverDelay: 60, startDelay: 300 },
    });
  });

  test('is looked at each second of its start, so that one that is back at once is led to at once', () => {
    expect(clusterOf(manifestsWith())).toMatchObject({
      spec: { startDelay: 300, probes: { startup: { periodSeconds: 1, failureThreshold: 300 } } },
    });
  });

  test('gives an instance up at once whose machine cannot be reached, and not the only one', () => {
    const key = 'node.kubernetes.io/unreachable';
    expect(clusterOf(manifestsWith())).toHaveProperty('spec.affinity.tolerations', [
      { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 0 },
    ]);
    expect(clusterOf(manifestsWith({ instances: 1 }))).not.toHaveProperty('spec.affinity.tolerations');
  });

  test('is left alone by controllers that take things away', () => {
    expect(clusterOf(manifestsWith()).metadata['annotations']).toEqual({
      'kustomize.toolkit.fluxcd.io/prune': 'disabled',
      'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
      'helm.sh/resource-policy': 'keep',
    });
  });

  test('reads owner and password in one Secret, which has the development password, or is there already', () => {
    const developed = manifestsWith({ credentials: { developmentPassword: 'tea' } });
    expect(clusterOf(developed)).toHaveProperty('spec.bootstrap.initdb', {
      ...{ database: 'shop', owner: 'shopkeeper', secret: { name: 'shop-postgresql-owner' } },
      ...{ encoding: 'UTF8', dataChecksums: true },
      ...{ locale: 'C.UTF-8', localeProvider: 'builtin', builtinLocale: 'C.UTF-8' },
    });
    expect(only(developed, 'Secret', 'shop-postgresql-owner')).toMatchObject({
      type: 'kubernetes.io/basic-auth',
      data: { username: 'c2hvcGtlZXBlcg==', password: 'dGVh' },
    });
    const existing = manifestsWith();
    expect(clusterOf(existing)).toHaveProperty('spec.bootstrap.initdb.secret.name', 'shop-database');
    expect(existing.map(({ kind }) => kind)).not.toContain('Secret');
  });

  test('lets its owner in and nobody else, over TLS unless somebody said otherwise', () => {
    const hba = (changes: Partial<CloudNativePgClusterProps>) => clusterOf(manifestsWith(changes))['spec'];
    expect(hba({})).toHaveProperty('postgresql.pg_hba', [
      'hostssl shop shopkeeper all scram-sha-256',
      'host all all all reject',
    ]);
    expect(hba({ tls: 'off' })).toHaveProperty(
      'postgresql.pg_hba.0',
      'host shop shopkeeper all scram-sha-256',
    );
  });

  test('has a certificate for the name that its clients ask for', () => {
    expect(clusterOf(manifestsWith({ service: 'shop-database' }))).toHaveProperty('spec.certificates', {
      serverAltDNSNames: ['shop-database', 'shop-database.shop', 'shop-database.shop.svc'],
    });
    expect(clusterOf(manifestsWith({ tls: { existingSecret: 'theirs' } }))).toHaveProperty(
      'spec.certificates',
      { serverCASecret: 'theirs', serverTLSSecret: 'theirs' },
    );
  });

  test('gives PostgreSQL a quarter of the memory', () => {
    const resources = {
      cpu: { request: '1', limit: '1' },
      memory: { request: '4Gi', limit: '4Gi' },
      ephemeralStorage: { request: '64Mi', limit: '1Gi' },
    };
    expect(clusterOf(manifestsWith({ resources }))).toHaveProperty('spec.postgresql.parameters', {
      max_connections: '100',
      shared_buffers: '1024MB',
      wal_retrieve_retry_interval: '1s',
    });
  });

  test('is scraped by the namespace that is named, and else by nobody', () => {
    const monitored = manifestsWith({ monitoring: 'prometheus' });
    expect(only(monitored, 'PodMonitor', 'shop-postgresql')).toMatchObject({
      spec: {
        selector: { matchLabels: { 'cnpg.io/cluster': 'shop-postgresql', 'cnpg.io/podRole': 'instance' } },
        podMetricsEndpoints: [{ port: 'metrics' }],
      },
    });
    expect(JSON.stringify(only(monitored, 'NetworkPolicy', 'shop-postgresql'))).toContain(
      '{"from":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"prometheus"}}}],"ports":[{"port":9187,"protocol":"TCP"}]}',
    );
    const plain = manifestsWith();
    expect(plain.map(({ kind }) => kind)).not.toContain('PodMonitor');
    expect(JSON.stringify(plain)).not.toContain('9187');
  });
});

describe('its clients', () => {
  test('are told the same as with the chart, by a Service of the same name that leads to the primary', () => {
    const service = 'shop-postgresql';
    const ofCluster = manifestsWith({ name: 'shop-database', service, tls: 'off' });
    const { chart, service: client } = newShop({ name: 'unused' });
    client.connects(new PostgresStack(chart, 'stack', { ...names, release: service, credentials: SECRET }));
    const ofChart = synthesized(chart);
    for (const [kind, name] of [
      ['ConfigMap', 'shop'],
      ['Deployment', 'shop'],
    ] as const) {
      expect(only(ofCluster, kind, name)).toEqual(only(ofChart, kind, name));
    }
    expect(only(ofCluster, 'Service', service)).toMatchObject({
      spec: {
        selector: { 'cnpg.io/cluster': 'shop-database', 'cnpg.io/instanceRole': 'primary' },
        ports: [{ port: 5432, targetPort: 5432 }],
      },
    });
  });

  test('trust the operator’s authority, and find it in its Secret', () => {
    const manifests = manifestsWith();
    expect(only(manifests, 'ConfigMap', 'shop')['data']).toMatchObject({
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: '/etc/db-ca/ca.crt',
    });
    expect(only(manifests, 'Deployment', 'shop')).toHaveProperty('spec.template.spec.volumes', [
      {
        name: 'db-ca',
        secret: { secretName: 'shop-postgresql-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
      },
    ]);
  });

  test('come in, and so do the instances and the operator; the instances reach the API server', () => {
    const itself = { podSelector: { matchLabels: { 'cnpg.io/cluster': 'shop-postgresql' } } };
    const operator = {
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'databases' } },
    };
    const tcp = (port: number) => [{ port, protocol: 'TCP' }];
    const policy = only(
      manifestsWith({
        operatorNamespace: 'databases',
        apiServer: { networks: ['10.0.0.2/32'] },
      }),
      'NetworkPolicy',
      'shop-postgresql',
    );
    expect(policy).toMatchObject({
      spec: {
        podSelector: itself.podSelector,
        ingress: [
          { from: [itself], ports: tcp(5432) },
          { from: [operator], ports: tcp(5432) },
          { from: [itself], ports: tcp(8000) },
          { from: [operator], ports: tcp(8000) },
          { from: [{ podSelector: { matchLabels: { app: 'shop' } } }], ports: tcp(5432) },
        ],
        egress: [
          expect.objectContaining({ ports: expect.arrayContaining([{ port: 53, protocol: 'UDP' }]) }),
          { to: [itself], ports: tcp(5432) },
          { to: [itself], ports: tcp(8000) },
          { to: [{ ipBlock: { cidr: '10.0.0.2/32' } }], ports: tcp(6443) },
        ],
      },
    });
    expect(JSON.stringify(only(manifestsWith(), 'NetworkPolicy', 'shop-postgresql'))).toContain(
      '{"ports":[{"port":6443,"protocol":"TCP"}],"to":[{"ipBlock":{"cidr":"0.0.0.0/0"}},{"ipBlock":{"cidr":"::/0"}}]}',
    );
  });

  test('fit its max_connections, in which standbys and an update of the instances take nothing', () => {
    const { chart, connect } = newShop({ maxConnections: 30 });
    connect();
    expect(() => synthesized(chart)).toThrow(
      'shop (2 + 1 pods) × (8 + 2) = 30; max_connections 30 − 3 reserved − 8 for operators and metrics = 19',
    );
  });

  test('of another namespace get none, and are told what to do', () => {
    const { app, cluster } = newShop();
    const elsewhere = new Chart(app, 'elsewhere', { namespace: 'elsewhere' });
    const configuration = new Configuration(elsewhere, 'configuration', { configMap: 'c', secret: 's' });
    const client = new ProbedService(elsewhere, shop, { image: 'example.com/shop:1.0.0', configuration });
    expect(() => {
      client.connects(cluster);
    }).toThrow(
      'shop/postgres: shop is in the namespace elsewhere, and this database admits only clients of its own, shop. Give that namespace a CloudNativePgCluster of its own.',
    );
  });
});

describe('what cannot be', () => {
  test('does not compile', () => {
    const instances = (): Partial<CloudNativePgClusterProps>[] => [
      // @ts-expect-error -- an even number waits for more and survives no more
      { instances: 2 },
      // @ts-expect-error -- no number of standbys that could block each write
      { synchronousStandbys: 3 },
      // @ts-expect-error -- no budget that blocks the drain of a single one
      { instances: 1, enablePDB: true },
      // @ts-expect-error -- no superuser
      { enableSuperuserAccess: true },
    ];
    expect(instances).not.toThrow();
  });

  test.each<[Partial<CloudNativePgClusterProps>, string]>([
    [{ image: 'ghcr.io/cloudnative-pg/postgresql' }, 'has no fixed version'],
    [
      { image: `ghcr.io/cloudnative-pg/postgresql@sha256:${'0'.repeat(64)}` },
      'has no tag that begins with PostgreSQL’s major version'.replace('’', "'"),
    ],
    [
      { image: 'example.com:5000/postgresql:trixie' },
      'Write it before the digest, such as ":17.6-standard-trixie',
    ],
    [{ owner: 'postgres' }, 'owner is "postgres", which is a role of PostgreSQL or of the operator'],
    [{ owner: 'streaming_replica' }, 'choose another name, such as "shop"'],
    [{ owner: 'Shop' }, 'owner is "Shop"; a plain PostgreSQL identifier'],
    [{ name: 'x'.repeat(51) }, "51 characters; a Cluster's is at most 50"],
    [
      { service: 'shop-postgresql-rw' },
      "which is the operator's own for shop-postgresql. Choose another name",
    ],
    [
      { apiServer: { networks: ['10.0.0.2'] } },
      'apiServer.networks has "10.0.0.2"; a network is an address and the length',
    ],
    [{ apiServer: { networks: [] } }, 'apiServer.networks is empty'],
    [
      {
        resources: {
          cpu: { request: '2', limit: '1' },
          memory: { request: '1Gi', limit: '1Gi' },
          ephemeralStorage: { request: '1Gi', limit: '1Gi' },
        },
      },
      'resources.cpu requests 2 and is limited to 1',
    ],
    [
      {
        resources: {
          cpu: { request: '1', limit: '1' },
          memory: { request: '64Mi', limit: '64Mi' },
          ephemeralStorage: { request: '1Gi', limit: '1Gi' },
        },
      },
      'resources.memory.limit is "64Mi"',
    ],
  ])('%j is refused with its reason', (changes, reason) => {
    expect(() => newShop(changes)).toThrow(reason);
  });
});
