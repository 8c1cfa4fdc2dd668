/** A Kubernetes object as `kubectl apply` takes it. */
export type KubernetesObject = Readonly<Record<string, unknown>>;

const REGISTRY = process.env['REGISTRY'] ?? 'localhost:5001';
/** A store and, with its own client, a program that needs one. */
export const REDIS = `${REGISTRY}/docker/library/redis:8.2.2-alpine`;
export const POSTGRES = `${REGISTRY}/library/postgres:17`;
export const NODE = `${REGISTRY}/library/node:24-bookworm-slim`;

/** What differs from a plain Deployment of one container. */
export interface Differences {
  readonly pod?: KubernetesObject;
  readonly container?: KubernetesObject;
}

/** A Deployment of one pod. */
export const deployment = (
  name: string,
  command: readonly string[],
  { pod = {}, container = {} }: Differences = {},
): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name, image: REDIS, command, ...container }],
        ...pod,
      },
    },
  },
});

/** A Service before a Deployment of its name. */
export const service = (name: string, port: number, spec: KubernetesObject = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ name: 'main', port }], ...spec },
});

/** An object with only data. */
export const data = (
  kind: 'ConfigMap' | 'Secret',
  name: string,
  values: Readonly<Record<string, string>>,
): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  [kind === 'Secret' ? 'stringData' : 'data']: values,
});

const STORE_PORT = {
  ports: [{ containerPort: 6379 }],
  readinessProbe: { tcpSocket: { port: 6379 }, periodSeconds: 2 },
};

/** A store with its Service. */
export const store = (
  { pod = {}, container = {} }: Differences = {},
  command = ['redis-server', '--protected-mode', 'no'],
): readonly KubernetesObject[] => [
  deployment('store', command, { pod, container: { ...STORE_PORT, ...container } }),
  service('store', 6379),
];

/** Asks the store once, ends with what the client says when it gets no answer, and serves. */
const ASK = 'redis-cli -h "$STORE_HOST" -e ping && touch /tmp/ready && exec sleep 100000';

/** Who needs the store, with its Service. */
export const web = (
  { pod = {}, container = {} }: Differences = {},
  host = 'store',
): readonly KubernetesObject[] => [
  deployment('web', ['sh', '-c', ASK], {
    pod,
    container: {
      env: [{ name: 'STORE_HOST', value: host }],
      readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 2 },
      ...container,
    },
  }),
  service('web', 80),
];

/** Sleeps, and is ready at once. */
export const sleeper = (name: string, differences: Differences = {}): KubernetesObject =>
  deployment(name, ['sleep', '100000'], differences);

/** A program of Node. */
export const program = (
  name: string,
  script: string,
  { pod = {}, container = {} }: Differences = {},
): KubernetesObject =>
  deployment(name, ['node', '-e', script], { pod, container: { image: NODE, ...container } });

/** Answers a path with 200, and others with 404. */
export const serving = (path: string): string =>
  `require('http').createServer((q, a) => { a.statusCode = q.url === '${path}' ? 200 : 404; a.end(); }).listen(8080)`;

/** Connects with a host and a port once, says what went wrong, and stays. */
export const connecting = (host: string, port: number): string =>
  `const s = require('net').connect({ host: '${host}', port: ${port}, timeout: 3000 }); s.on('timeout', () => { console.error('Error: connect ETIMEDOUT ${host}:${port}'); process.exit(1) }); s.on('error', (e) => { console.error(e); process.exit(1) }); s.on('connect', () => { s.setTimeout(0); setInterval(() => {}, 1000) })`;

/** A client of the store that asks it once. */
export const client = (host = 'store', port = 6379, differences: Differences = {}): KubernetesObject =>
  program('web', connecting(host, port), {
    ...differences,
    container: { env: [{ name: 'STORE_URL', value: `redis://${host}:${port}` }], ...differences.container },
  });

/** A rule of the network. */
export const policy = (name: string, spec: KubernetesObject): KubernetesObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name },
  spec,
});

/** A claim of one gibibyte. */
export const claim = (name: string, spec: KubernetesObject = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

/** A pod that mounts a claim. */
export const mounting = (claimName: string): KubernetesObject => ({
  volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
});

/** A database with its Service. Whoever asks needs no password unless it is given one. */
export const database = (
  { pod = {}, container = {} }: Differences = {},
  settings: readonly string[] = [],
): readonly KubernetesObject[] => [
  deployment('database', ['docker-entrypoint.sh', 'postgres', ...settings], {
    pod,
    container: {
      image: POSTGRES,
      env: [{ name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' }],
      ports: [{ containerPort: 5432 }],
      readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] }, periodSeconds: 2 },
      ...container,
    },
  }),
  service('database', 5432),
];

/** Who asks the database something, once it answers. */
export const asking = (
  sql: string,
  { pod = {}, container = {} }: Differences = {},
  as = '-U postgres',
): KubernetesObject =>
  deployment(
    'web',
    [
      'sh',
      '-c',
      `until psql -h database -U postgres -c "select 1" >/dev/null 2>&1 || [ "$((n += 1))" -gt 20 ]; do sleep 1; done; psql -h database ${as} -v ON_ERROR_STOP=1 -c "${sql}" && exec sleep 100000`,
    ],
    { pod, container: { image: POSTGRES, env: [{ name: 'PGHOST', value: 'database' }], ...container } },
  );

/** Writes into a pod's data before its program starts. */
export const preparing = (script: string, container: KubernetesObject = {}): KubernetesObject => ({
  initContainers: [
    {
      name: 'prepare',
      image: POSTGRES,
      command: ['bash', '-c', script],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
      ...container,
    },
  ],
  volumes: [{ name: 'data', emptyDir: {} }],
});

/** Variables of the store's host and its password. */
export const secretKey = (name: string, key: string): readonly KubernetesObject[] => [
  { name: 'STORE_HOST', value: 'store' },
  { name: 'STORE_PASSWORD', valueFrom: { secretKeyRef: { name, key } } },
];

/** The same object with a word in the place of another, wherever it stands. */
export const renamed = (object: KubernetesObject, from: string, to: string): KubernetesObject =>
  JSON.parse(JSON.stringify(object).replaceAll(from, to)) as KubernetesObject;

/** The same object with other fields of its spec. */
export const withSpec = (object: KubernetesObject, more: KubernetesObject): KubernetesObject => ({
  ...object,
  spec: { ...(object['spec'] as KubernetesObject), ...more },
});
/** So many of it. */
export const replicated = (object: KubernetesObject, replicas: number): KubernetesObject =>
  withSpec(object, { replicas });
/** Its rollout is stopped. */
export const paused = (object: KubernetesObject): KubernetesObject => withSpec(object, { paused: true });

/** A database of the operator CloudNativePG. */
export const postgresCluster = (spec: KubernetesObject): KubernetesObject => ({
  apiVersion: 'postgresql.cnpg.io/v1',
  kind: 'Cluster',
  metadata: { name: 'ledger' },
  spec: { instances: 1, storage: { size: '1Gi' }, ...spec },
});

/** Work that has an end. */
export const job = (
  name: string,
  restartPolicy: 'Never' | 'OnFailure',
  script: string,
  backoffLimit = 6,
): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    backoffLimit,
    template: {
      spec: { restartPolicy, containers: [{ name: 'work', image: REDIS, command: ['sh', '-c', script] }] },
    },
  },
});

/** Work that is done at New Year; who cannot wait makes a job of it. */
export const scheduled = (name: string, { spec }: KubernetesObject): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: { schedule: '0 0 1 1 *', jobTemplate: { spec } },
});
