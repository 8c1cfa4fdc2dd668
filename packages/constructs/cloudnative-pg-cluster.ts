import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { connectionBudgetProblem, WAIVE } from '@cafe-lumiere/contract';
import {
  checkClusterName,
  checkMemory,
  checkOwner,
  checkPostgresImage,
  checkService,
  type CloudNativePgClusterProps,
} from './cloudnative-pg-cluster-props.js';
import { KubeCluster, KubePodMonitor } from './cloudnative-pg-kinds.js';
import { clusterLabels, CloudNativePgPolicy } from './cloudnative-pg-policy.js';
import {
  CLUSTER_TIMES,
  parametersOf,
  pgHbaOf,
  INSTANCE_PROBES,
  QUICK_NAMES,
  synchronousOf,
} from './cloudnative-pg-settings.js';
import type { Dns } from './dns.js';
import type { Address } from './environment-variable.js';
import * as k8s from './k8s.js';
import { KEPT } from './kept.js';
import { checkIdentifier } from './names.js';
import type { Peer, PodNetworkPolicy } from './pod-network-policy.js';
import { type Resources, toResourceRequirements } from './resources.js';
import {
  type DatabaseCredentials,
  PASSWORD_KEY,
  type Store,
  type StoreClient,
  type StoreTls,
} from './store.js';
import { tolerateUnreachableNode } from './tolerations.js';

const PORT = 5432;
const DEFAULT_RESOURCES: Resources = {
  cpu: { request: '500m', limit: '2' },
  memory: { request: '512Mi', limit: '512Mi' },
  ephemeralStorage: { request: '64Mi', limit: '1Gi' },
};

/**
 * A PostgreSQL that outlives its machine: a `Cluster` of the CloudNativePG operator, for the services that `connects` it.
 * An order that was acknowledged is on two machines, and nothing is promoted that may lack one. What they are told is the
 * same as of a `PostgresStack` with the same service name. The operator is installed by somebody else, before or after.
 *
 * Why each field is as it is: docs/decisions/cloudnative-pg.md.
 */
export class CloudNativePgCluster extends Construct implements Peer, Store {
  /** The Service that clients are told. */
  readonly name: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly port = PORT;
  readonly database: string;
  readonly owner: string;
  readonly namespace: string | undefined;
  readonly credentials: DatabaseCredentials;
  readonly tls: StoreTls | undefined;
  /** The Cluster's name. */
  readonly cluster: string;
  /** What an instance runs, and its major version. */
  readonly image: { readonly image: string; readonly major: number };
  readonly dns: Dns;
  private readonly clients: StoreClient[] = [];
  private readonly policy: CloudNativePgPolicy;

  constructor(scope: Construct, id: string, props: CloudNativePgClusterProps) {
    super(scope, id);
    const path = this.node.path;
    const cluster = checkClusterName(path, props.name);
    this.name = checkService(path, cluster, props.service ?? cluster);
    this.namespace = Chart.of(this).namespace;
    this.database = checkIdentifier(path, 'database', props.database);
    this.owner = checkOwner(path, checkIdentifier(path, 'owner', props.owner));
    this.credentials = props.credentials;
    this.tls = tlsOf(cluster, props.tls);
    this.cluster = cluster;
    this.image = checkPostgresImage(path, props.image);
    this.dns = props.dns ?? {};
    this.podLabels = { ...clusterLabels(cluster), 'cnpg.io/podRole': 'instance' };
    const maxConnections = props.maxConnections ?? 100;

    this.writeOwner();
    this.writeCluster(cluster, maxConnections, props);
    new k8s.KubeService(this, 'Service', {
      metadata: { name: this.name },
      spec: {
        type: 'ClusterIP',
        selector: { ...clusterLabels(cluster), 'cnpg.io/instanceRole': 'primary' },
        ports: [{ name: 'postgresql', port: PORT, targetPort: PORT, protocol: 'TCP' }],
      },
    });
    this.policy = new CloudNativePgPolicy(this, 'Policy', PORT, {
      name: cluster,
      operatorNamespace: props.operatorNamespace ?? 'cnpg-system',
      apiServer: props.apiServer,
      monitoring: props.monitoring,
      dns: this.dns,
    });
    if (props.monitoring !== undefined) {
      new KubePodMonitor(this, 'PodMonitor', {
        metadata: { name: cluster },
        spec: { selector: { matchLabels: this.podLabels }, podMetricsEndpoints: [{ port: 'metrics' }] },
      });
    }
    this.node.addValidation({
      validate: () => {
        const problem = connectionBudgetProblem(this.clients, maxConnections);
        return problem === undefined ? [] : [problem];
      },
    });
  }

  addressFor(client: Peer): Address {
    if (client.namespace === this.namespace) return { host: this.name, port: this.port };
    const own = this.namespace ?? 'that kubectl uses';
    throw new Error(
      `${this.node.path}: ${client.name} is in the namespace ${client.namespace ?? 'that kubectl uses'}, and this database admits only clients of its own, ${own}. Give that namespace a CloudNativePgCluster of its own.`,
    );
  }

  addClient(client: StoreClient): void {
    this.clients.push(client);
    this.policy.allowFrom(client);
  }

  admit(policy: PodNetworkPolicy): void {
    policy.allowTo(this, this.port);
  }

  /** Lets pods in that are no client of the application, such as a backup's: the budget has room for them anyway. */
  allowFrom(peer: Peer): void {
    this.policy.allowFrom(peer);
  }

  private writeCluster(cluster: string, maxConnections: number, props: CloudNativePgClusterProps): void {
    const path = this.node.path;
    const instances = props.instances ?? 3;
    const resources = checkMemory(path, props.resources ?? DEFAULT_RESOURCES);
    const { image, major } = this.image;
    new KubeCluster(this, 'Resource', {
      metadata: { name: cluster, annotations: KEPT },
      spec: {
        imageName: image,
        instances,
        primaryUpdateStrategy: 'unsupervised',
        primaryUpdateMethod: 'switchover',
        enableSuperuserAccess: false,
        // The operator's budget of a single instance would let nobody drain its node.
        enablePDB: instances > 1,
        ...CLUSTER_TIMES,
        bootstrap: {
          initdb: {
            database: this.database,
            owner: this.owner,
            secret: { name: this.password.secret },
            encoding: 'UTF8',
            // The built-in locale sorts the same with every C library, so that a newer image does not corrupt indexes.
            locale: 'C.UTF-8',
            ...(major < 17 ? {} : { localeProvider: 'builtin', builtinLocale: 'C.UTF-8' }),
            dataChecksums: true,
          },
        },
        certificates:
          typeof props.tls === 'object'
            ? { serverCASecret: props.tls.existingSecret, serverTLSSecret: props.tls.existingSecret }
            : { serverAltDNSNames: this.serviceNames() },
        postgresql: {
          parameters: parametersOf(maxConnections, resources.memory.limit),
          pg_hba: pgHbaOf(this.database, this.owner, this.tls === undefined ? 'host' : 'hostssl'),
          ...synchronousOf(instances),
        },
        probes: INSTANCE_PROBES,
        env: QUICK_NAMES,
        affinity: {
          enablePodAntiAffinity: true,
          podAntiAffinityType: 'required',
          topologyKey: props.topologyKey ?? 'kubernetes.io/hostname',
          // The operator asks an instance until it is deleted, and waits for each answer. No other takes a single one's place.
          ...(instances === 1 ? {} : { tolerations: [tolerateUnreachableNode(0)] }),
        },
        storage: {
          size: `${props.storage.toGibibytes()}Gi`,
          resizeInUseVolumes: true,
          ...(props.storageClass === undefined ? {} : { storageClass: props.storageClass }),
        },
        resources: toResourceRequirements(resources),
      },
    });
  }

  /** Where the owner's password is, in the Secret in which the operator reads it; one of ours has the development password. */
  get password(): { readonly secret: string; readonly key: string } {
    return 'existingSecret' in this.credentials
      ? { secret: this.credentials.existingSecret, key: this.credentials.key ?? PASSWORD_KEY }
      : { secret: `${this.cluster}-owner`, key: 'password' };
  }

  private writeOwner(): void {
    if ('existingSecret' in this.credentials) return;
    const data = { username: this.owner, [this.password.key]: this.credentials.developmentPassword };
    new k8s.KubeSecret(this, 'Owner', {
      metadata: {
        name: this.password.secret,
        labels: { 'cnpg.io/reload': 'true' },
        annotations: { [`${WAIVE}CAFE091`]: 'a development password, for a cluster of your own' },
      },
      type: 'kubernetes.io/basic-auth',
      data: Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
      ),
    });
  }

  /** The names by which a client may ask for our Service; the operator knows its own. */
  private serviceNames(): string[] {
    const { name, namespace } = this;
    return namespace === undefined ? [name] : [name, `${name}.${namespace}`, `${name}.${namespace}.svc`];
  }
}

function tlsOf(cluster: string, tls: CloudNativePgClusterProps['tls']): StoreTls | undefined {
  if (tls === 'off') return undefined;
  return { ca: { secret: tls?.existingSecret ?? `${cluster}-ca`, key: 'ca.crt' } };
}
