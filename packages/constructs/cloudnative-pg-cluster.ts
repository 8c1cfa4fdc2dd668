import { Chart, type Size } from 'cdk8s';
import { Construct } from 'constructs';
import { connectionBudgetProblem, WAIVE } from '@cafe-lumiere/contract';
import { KubeCluster, KubePodMonitor } from './cloudnative-pg-kinds.js';
import { type ApiServer, clusterLabels, CloudNativePgPolicy } from './cloudnative-pg-policy.js';
import { CLUSTER_TIMES, parametersOf, pgHbaOf, READINESS, synchronousOf } from './cloudnative-pg-settings.js';
import type { Dns } from './dns.js';
import type { Address } from './environment-variable.js';
import { checkImage } from './image-reference.js';
import * as k8s from './k8s.js';
import { KEPT } from './kept.js';
import { checkDnsLabel, checkIdentifier } from './names.js';
import type { Peer, PodNetworkPolicy } from './pod-network-policy.js';
import { checkResources, type Resources, toNumber, toResourceRequirements } from './resources.js';
import type { DatabaseCredentials, Store, StoreClient, StoreTls } from './store.js';

/** What a Cluster is called, how large it is, and who is around it. */
export interface CloudNativePgClusterProps {
  /** The Cluster's name, and what its pods, volumes and Services begin with: at most 50 characters. */
  readonly name: string;
  /**
   * The Service that clients are told, and that leads to the primary. It is not the operator's, so that it stays where
   * another PostgreSQL was behind the same name.
   * @default - the Cluster's name
   */
  readonly service?: string;
  /**
   * The image of PostgreSQL, from https://github.com/cloudnative-pg/postgres-containers. The operator reads the major
   * version in the tag, which begins with it: `ghcr.io/cloudnative-pg/postgresql:17.6-standard-trixie`, with or without a
   * digest behind it.
   */
  readonly image: string;
  /**
   * How many there are, each on a machine of its own. With three, one standby confirms each commit, and one machine may be
   * lost; with five, two and two. A single one is for where a restart may be seen. An even number would wait for more and
   * survive no more.
   * @default 3
   */
  readonly instances?: 1 | 3 | 5;
  /** The application's database. */
  readonly database: string;
  /** The role that owns it and logs in: never the superuser, who has no password here. */
  readonly owner: string;
  /** The size of each instance's volume. */
  readonly storage: Size;
  /** @default - the cluster's default class */
  readonly storageClass?: string;
  /**
   * Where the owner's password is. A Secret of yours has, besides the key that clients read, `username` (the owner) and
   * `password` (the same password), which are the keys that the operator reads; `key: 'password'` has clients read that
   * one, too. With the label `cnpg.io/reload: "true"` the operator takes a changed one at once.
   */
  readonly credentials: DatabaseCredentials;
  /**
   * A Secret with `tls.crt`, `tls.key` and `ca.crt` for the Service's name, as cert-manager makes it, or `off`: what goes
   * over the network is then not encrypted. Else nobody comes in without TLS, and the clients check the certificate to the
   * end (libpq's `verify-full`).
   * @default - the operator makes a certificate and its authority, in the Secret `<name>-ca`
   */
  readonly tls?: { readonly existingSecret: string } | 'off';
  /**
   * Of each instance. PostgreSQL gets a quarter of the memory for `shared_buffers`.
   * @default - half to 2 CPUs, 512Mi of memory
   */
  readonly resources?: Resources;
  /**
   * PostgreSQL's `max_connections`. A standby has as many of its own, and its clients are none of ours.
   * @default 100
   */
  readonly maxConnections?: number;
  /**
   * What may be lost at once: a machine, or a zone.
   * @default 'kubernetes.io/hostname'
   */
  readonly topologyKey?: string;
  /**
   * Where the operator is, for the network policies.
   * @default 'cnpg-system'
   */
  readonly operatorNamespace?: string;
  /**
   * Where the API server is, for the network policies.
   * @default - ports 443 and 6443 of any address
   */
  readonly apiServer?: ApiServer;
  /**
   * The namespace whose pods may scrape the metrics of the instances. With it there is a PodMonitor, so the Prometheus
   * operator's kinds must be there, too.
   * @default - nobody
   */
  readonly monitoring?: string;
  /**
   * Where the instances may ask for names.
   * @default - the pods `k8s-app: kube-dns` in `kube-system`
   */
  readonly dns?: Dns;
}

const PORT = 5432;
/** https://cloudnative-pg.io/documentation/1.28/cloudnative-pg.v1/: pods and Services get endings. */
const NAME_LENGTH = 50;
const LEAST_MEMORY = 256 * 2 ** 20;
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
    this.podLabels = { ...clusterLabels(cluster), 'cnpg.io/podRole': 'instance' };
    const maxConnections = props.maxConnections ?? 100;

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
      dns: props.dns ?? {},
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

  private writeCluster(cluster: string, maxConnections: number, props: CloudNativePgClusterProps): void {
    const path = this.node.path;
    const instances = props.instances ?? 3;
    const resources = checkMemory(path, props.resources ?? DEFAULT_RESOURCES);
    const { image, major } = checkPostgresImage(path, props.image);
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
            secret: { name: this.ownerSecret(cluster) },
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
        probes: READINESS,
        affinity: {
          enablePodAntiAffinity: true,
          podAntiAffinityType: 'required',
          topologyKey: props.topologyKey ?? 'kubernetes.io/hostname',
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

  /** The Secret in which the operator reads the owner and its password; one of ours has the development password. */
  private ownerSecret(cluster: string): string {
    if ('existingSecret' in this.credentials) return this.credentials.existingSecret;
    const data = { username: this.owner, password: this.credentials.developmentPassword };
    const name = `${cluster}-owner`;
    new k8s.KubeSecret(this, 'Owner', {
      metadata: {
        name,
        labels: { 'cnpg.io/reload': 'true' },
        annotations: { [`${WAIVE}CAFE091`]: 'a development password, for a cluster of your own' },
      },
      type: 'kubernetes.io/basic-auth',
      data: Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]),
      ),
    });
    return name;
  }

  /** The names by which a client may ask for our Service; the operator knows its own. */
  private serviceNames(): string[] {
    const { name, namespace } = this;
    return namespace === undefined ? [name] : [name, `${name}.${namespace}`, `${name}.${namespace}.svc`];
  }
}

/** PostgreSQL and the instance manager beside it are at home in no less. */
function checkMemory(path: string, resources: Resources): Resources {
  const { limit } = checkResources(path, 'resources', resources).memory;
  if ((toNumber(limit) ?? 0) >= LEAST_MEMORY) return resources;
  throw new Error(
    `${path}: resources.memory.limit is "${limit}"; PostgreSQL and the operator's instance manager need 256Mi or more.`,
  );
}

function tlsOf(cluster: string, tls: CloudNativePgClusterProps['tls']): StoreTls | undefined {
  if (tls === 'off') return undefined;
  return { ca: { secret: tls?.existingSecret ?? `${cluster}-ca`, key: 'ca.crt' } };
}

function checkClusterName(path: string, name: string): string {
  if (checkDnsLabel(path, name).length <= NAME_LENGTH) return name;
  throw new Error(
    `${path}: name is "${name}", ${name.length} characters; a Cluster's is at most ${NAME_LENGTH}, because its pods and Services get endings.`,
  );
}

/** The operator's own Services: it would wait for ever for one that is not its own. */
function checkService(path: string, cluster: string, service: string): string {
  const own = ['rw', 'ro', 'r', 'any'].map((ending) => `${cluster}-${ending}`);
  if (!own.includes(checkDnsLabel(path, service))) return service;
  throw new Error(
    `${path}: service is "${service}", which is the operator's own for ${cluster}. Choose another name, such as "${cluster}".`,
  );
}

/** `postgres` and `streaming_replica` are the operator's, and it takes the password of the first away. */
function checkOwner(path: string, owner: string): string {
  if (!['postgres', 'streaming_replica'].includes(owner) && !owner.startsWith('pg_')) return owner;
  throw new Error(
    `${path}: owner is "${owner}", which is a role of PostgreSQL or of the operator; choose another name, such as "shop".`,
  );
}

/** The operator refuses a tag without a number at its beginning, and a digest alone. */
function checkPostgresImage(path: string, image: string): { readonly image: string; readonly major: number } {
  checkImage(path, image);
  const major = /:(\d+)[^/]*$/.exec(image.replace(/@sha256:.*$/, ''))?.[1];
  if (major !== undefined) return { image, major: Number(major) };
  throw new Error(
    `${path}: the image "${image}" has no tag that begins with PostgreSQL's major version, which the operator reads there. Write it before the digest, such as ":17.6-standard-trixie@sha256:…".`,
  );
}
