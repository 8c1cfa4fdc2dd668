import { Duration } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-28';
import type { Configuration } from './configuration.js';
import type { Address, EnvironmentVariable } from './environment-variable.js';
import type { ProbedService } from './probed-service.js';
import type { CertificateSource, Store } from './store.js';

/** How a service uses its store. */
export interface StoreEdgeOptions {
  /**
   * Connections that one pod holds at most. All pods of all services, and the pod that a rollout adds, must fit the
   * store's `maxConnections`, or nothing is synthesized.
   * @default 8
   */
  readonly poolMax?: number;
  /**
   * When a query is given up, also when the network has swallowed it.
   * @default 1500 ms
   */
  readonly queryTimeout?: Duration;
  /**
   * How long the gate waits for a usable store before it ends with its reason, and Kubernetes starts it anew.
   * @default 5 minutes
   */
  readonly gateTimeout?: Duration;
}

const CA_FOLDER = '/etc/database-ca';
const CA_FILE = 'ca.crt';
const CA_VOLUME = 'database-ca';

/** A connection from a service to its store, said once: environment, gate, policies and connection budget follow. */
export class StoreEdge {
  /** What the service's container gets. */
  readonly variables: readonly EnvironmentVariable[];
  /** What the gate in front of it gets. */
  readonly gateVariables: readonly EnvironmentVariable[];
  /** What the service's pod gets, for the gate and the container: the store's authority, where it has one of its own. */
  readonly volumes: readonly k8s.Volume[];
  readonly volumeMounts: readonly k8s.VolumeMount[];
  private readonly settings: Readonly<Record<string, string>>;

  constructor(
    client: ProbedService,
    readonly store: Store,
    configuration: Configuration,
    options: StoreEdgeOptions,
  ) {
    const poolMax = options.poolMax ?? 8;
    if (!Number.isInteger(poolMax) || poolMax < 1) {
      throw new Error(
        `${client.node.path}: poolMax is ${poolMax}; a pool has a whole number of connections, 1 or more.`,
      );
    }
    this.settings = {
      DB_POOL_MAX: String(poolMax),
      DB_QUERY_TIMEOUT_MS: String((options.queryTimeout ?? Duration.millis(1500)).toMilliseconds()),
    };
    const shared = { ...connection(store, store.clusterAddress), ...protection(store) };
    const ca = store.tls?.ca;
    this.volumes = ca === undefined ? [] : [{ name: CA_VOLUME, ...toVolumeSource(ca) }];
    this.volumeMounts = this.volumes.map(({ name }) => ({ name, mountPath: CA_FOLDER, readOnly: true }));
    for (const [key, value] of Object.entries(shared)) configuration.add(key, value);
    if (store.developmentPassword !== undefined) {
      configuration.addDevelopmentSecret('DB_PASSWORD', store.developmentPassword);
    }
    const where: EnvironmentVariable[] = [
      ...Object.keys(shared).map((name) => ({ name, from: 'configMap' }) as const),
      { name: 'DB_PASSWORD', from: 'secret' },
    ];
    this.variables = [
      ...where,
      ...Object.entries(this.settings).map(([name, value]) => ({ name, from: 'value', value }) as const),
    ];
    const gateTimeout = options.gateTimeout ?? Duration.minutes(5);
    this.gateVariables = [
      ...where,
      { name: 'GATE_TIMEOUT_SECONDS', from: 'value', value: String(gateTimeout.toSeconds()) },
    ];
    store.admit(client.policy);
    store.addClient({ name: client.name, podLabels: client.podLabels, replicas: client.replicas, poolMax });
  }

  /** The same variables with plain values, for a store that listens at this address. */
  environmentAt(address: Address): Record<string, string> {
    const { developmentPassword } = this.store;
    if (developmentPassword === undefined) {
      throw new Error(
        `${this.store.node.path}: this environment keeps the password in a Secret of the cluster, so nothing can run without one; choose the environment "local".`,
      );
    }
    return { ...connection(this.store, address), DB_PASSWORD: developmentPassword, ...this.settings };
  }
}

const connection = ({ database, owner }: Store, { host, port }: Address): Record<string, string> => ({
  DB_HOST: host,
  DB_PORT: String(port),
  DB_NAME: database,
  DB_USER: owner,
});

const protection = ({ tls }: Store): Record<string, string> => {
  if (tls === undefined) return {};
  return {
    DB_SSL_MODE: 'verify-full',
    ...(tls.ca === undefined ? {} : { DB_SSL_ROOT_CERT: `${CA_FOLDER}/${CA_FILE}` }),
  };
};

function toVolumeSource(source: CertificateSource): Pick<k8s.Volume, 'configMap' | 'secret'> {
  const items = [{ key: source.key, path: CA_FILE }];
  return 'secret' in source
    ? { secret: { secretName: source.secret, items } }
    : { configMap: { name: source.configMap, items } };
}
