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
