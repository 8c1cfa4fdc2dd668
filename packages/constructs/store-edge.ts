import {
  GATE_VARIABLES,
  STORE_VARIABLES,
  type StoreDeclaration,
  storeVariableNames,
  type StoreVariableNames,
} from '@cafe-lumiere/contract';
import { Duration } from 'cdk8s';
import type * as k8s from './k8s.js';
import type { Configuration } from './configuration.js';
import type { ConnectingPods, DeclaredService } from './declared-service.js';
import type { Address, EnvironmentVariable } from './environment-variable.js';
import { type CertificateSource, PASSWORD_KEY, type Store } from './store.js';

/** How a service uses its store. */
export interface StoreEdgeOptions<Name extends string = string> {
  /**
   * Which of the stores that the service declares this one is.
   * @default - the only one
   */
  readonly as?: Name;
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

/** Where a pod has a store's authority, below its mount. */
export const CA_FILE = 'ca.crt';

/** A connection from a service to its store, said once: environment, gate, policies and connection budget follow. */
export class StoreEdge {
  /** What the service's container gets. */
  readonly variables: readonly EnvironmentVariable[];
  /** What the gate in front of it gets, to find the store. */
  readonly gateVariables: readonly EnvironmentVariable[];
  readonly gateTimeoutSeconds: number;
  /** What the service's pod gets, for the gate and the container: the store's authority, where it has one of its own. */
  readonly volumes: readonly k8s.Volume[];
  readonly volumeMounts: readonly k8s.VolumeMount[];
  private readonly poolMax: number;
  private readonly names: StoreVariableNames;
  private readonly settings: readonly { readonly name: string; readonly value: string }[];

  constructor(
    client: DeclaredService,
    readonly store: Store,
    configuration: Configuration,
    options: StoreEdgeOptions,
    private readonly taken: ReadonlySet<string>,
  ) {
    const [prefix, declared] = this.declared(client, options.as);
    this.prefix = prefix;
    this.names = storeVariableNames(prefix, declared);
    const poolMax = options.poolMax ?? 8;
    const queryTimeout = (options.queryTimeout ?? Duration.millis(1500)).toMilliseconds();
    this.settings = [
      ...setting(client, 'poolMax', this.names.poolMax, poolMax),
      ...setting(client, 'queryTimeout', this.names.queryTimeout, queryTimeout),
    ];
    this.gateTimeoutSeconds = (options.gateTimeout ?? Duration.minutes(5)).toSeconds();
    check(client, 'gateTimeout', GATE_VARIABLES.GATE_TIMEOUT_SECONDS.read(String(this.gateTimeoutSeconds)));

    const volume = `${prefix.toLowerCase().replaceAll('_', '-')}-ca`;
    const folder = `/etc/${volume}`;
    const ca = store.tls?.ca;
    this.volumes = ca === undefined ? [] : [{ name: volume, ...toVolumeSource(ca) }];
    this.volumeMounts = this.volumes.map(({ name }) => ({ name, mountPath: folder, readOnly: true }));
    const told = {
      ...connection(this.names, store, store.addressFor(client)),
      ...protection(client, this.names, store, `${folder}/${CA_FILE}`),
    };
    this.gateVariables = [
      ...Object.entries(told).map(([name, value]) => configuration.add(client.name, name, value)),
      password(client, this.names.password, store, configuration),
    ];
    this.variables = [...this.gateVariables, ...this.settings];
    this.poolMax = poolMax;
  }

  /** Lets these pods connect, and counts their connections. */
  admit({ name, podLabels, namespace, policy, maximumReplicas: replicas, surge }: ConnectingPods): void {
    this.store.admit(policy);
    this.store.addClient({ name, podLabels, namespace, replicas, surge, poolMax: this.poolMax });
  }

  /** Which of the service's stores it is. */
  readonly prefix: string;

  /** The same variables with plain values, for a store that listens at this address. */
  environmentAt(address: Address): Record<string, string> {
    const { credentials } = this.store;
    if (!('developmentPassword' in credentials)) {
      throw new Error(
        `${this.store.node.path}: this environment keeps the password in a Secret of the cluster, so nothing can run without one; choose one with a development password.`,
      );
    }
    return {
      ...connection(this.names, this.store, address),
      [this.names.password]: credentials.developmentPassword,
      ...Object.fromEntries(this.settings.map(({ name, value }) => [name, value])),
    };
  }

  private declared(client: DeclaredService, as: string | undefined): readonly [string, StoreDeclaration] {
    const { name, stores } = client.declaration;
    const path = client.node.path;
    const all = Object.keys(stores);
    const prefix = as ?? (all.length === 1 ? all[0] : undefined);
    const declaration = prefix === undefined ? undefined : stores[prefix];
    if (prefix === undefined || declaration === undefined) {
      throw new Error(
        all.length === 0
          ? `${path}: connects(${this.store.name}), and the declaration of ${name} has no stores. Add stores: { DB: postgres({ … }) } there.`
          : `${path}: connects(${this.store.name}, { as: ${as === undefined ? '?' : `'${as}'`} }) names none of the stores of ${name}: ${all.join(', ')}.`,
      );
    }
    if (this.taken.has(prefix)) {
      throw new Error(
        `${path}: the store ${prefix} is connected already, and ${this.store.name} was added. Declare another one in ${name}, and connect it with { as: … }.`,
      );
    }
    return [prefix, declaration];
  }
}

function setting(
  client: DeclaredService,
  option: 'poolMax' | 'queryTimeout',
  name: string | undefined,
  value: number,
): readonly { readonly name: string; readonly value: string }[] {
  check(client, option, STORE_VARIABLES[option].read(String(value)));
  return name === undefined ? [] : [{ name, value: String(value) }];
}

function check(client: DeclaredService, option: string, reading: object): void {
  if ('problem' in reading) {
    throw new Error(`${client.node.path}: connects(…, { ${option} }) ${String(reading.problem)}.`);
  }
}

const connection = (
  names: StoreVariableNames,
  { database, owner }: Store,
  { host, port }: Address,
): Record<string, string> => ({
  [names.host]: host,
  [names.port]: String(port),
  [names.database]: database,
  [names.user]: owner,
});

function protection(
  client: DeclaredService,
  { sslMode, sslRootCert }: StoreVariableNames,
  { tls, name }: Store,
  file: string,
): Record<string, string> {
  if (tls === undefined) return {};
  if (sslMode === undefined || (tls.ca && sslRootCert === undefined)) {
    throw new Error(
      `${client.node.path}: ${name} speaks TLS, and ${client.declaration.name} declares no variable for ${sslMode === undefined ? 'its sslMode' : 'its sslRootCert'}. Name it in variables, such as ${sslMode === undefined ? 'PGSSLMODE' : 'PGSSLROOTCERT'}.`,
    );
  }
  return { [sslMode]: 'verify-full', ...(tls.ca && sslRootCert ? { [sslRootCert]: file } : {}) };
}

function password(
  client: DeclaredService,
  name: string,
  { credentials }: Store,
  configuration: Configuration,
): EnvironmentVariable {
  return 'developmentPassword' in credentials
    ? configuration.addDevelopmentSecret(client.name, name, credentials.developmentPassword)
    : { name, secret: credentials.existingSecret, key: credentials.key ?? PASSWORD_KEY };
}

/** The authority as a volume's source. */
export function toVolumeSource(source: CertificateSource): Pick<k8s.Volume, 'configMap' | 'secret'> {
  const items = [{ key: source.key, path: CA_FILE }];
  return 'secret' in source
    ? { secret: { secretName: source.secret, items } }
    : { configMap: { name: source.configMap, items } };
}
