import { Chart, type Size } from 'cdk8s';
import { Construct } from 'constructs';
import {
  CHART_NAME,
  defaultImage,
  parsePostgresqlValues,
  POSTGRESQL_PORT,
  postgresqlChartFiles,
  postgresqlObjects,
  postgresqlPodLabels,
  postgresqlServiceName,
  type PostgresqlValuesInput,
} from '@cafe-lumiere/postgresql';
import { connectionBudgetProblem } from '@cafe-lumiere/contract';
import type { Address } from './environment-variable.js';
import { checkDns, type Dns } from './dns.js';
import { HelmChart } from './helm-chart.js';
import { checkDnsLabel, checkIdentifier } from './names.js';
import type { Peer, PodNetworkPolicy } from './pod-network-policy.js';
import {
  type DatabaseCredentials,
  PASSWORD_KEY,
  type Store,
  type StoreClient,
  type StoreTls,
} from './store.js';

/** What the database is called and how large it is. */
export interface PostgresStackProps {
  /** The application's database. */
  readonly database: string;
  /** The role that owns it and logs in: never the superuser. */
  readonly owner: string;
  /** The size of the claim. */
  readonly storage: Size;
  readonly credentials: DatabaseCredentials;
  /**
   * With it nobody comes in without TLS, and the clients check the certificate to the end (libpq's `verify-full`): one in a
   * Secret of the release's namespace with `tls.crt`, `tls.key` and `ca.crt`, as cert-manager makes it, for the client
   * Service's name; or one that the chart makes at its first install, keeps, and renews. That needs a Helm that sees the
   * cluster (`helm install`, Flux), and not `helm template` (Argo CD).
   * @default - what goes over the network is not encrypted
   */
  readonly tls?: { readonly existingSecret: string } | 'generated';
  /**
   * Where the chart's own pods, such as its backup, may ask for names.
   * @default - the pods `k8s-app: kube-dns` in `kube-system`
   */
  readonly dns?: Dns;
  /**
   * The digest that an image's tag is pinned to, asked for the chart's, such as `postgres:17-trixie`.
   * @default - none: a node takes what the tag is when it pulls
   */
  readonly digestOf?: (image: string) => string | undefined;
  /**
   * The Helm release that the chart is installed as, in the namespace of its clients. The client Service's name, and with
   * it what the clients are told, follows from it by the chart's own rule.
   */
  readonly release: string;
  /**
   * The chart's folder below `helm/` in the output. Each stack of a program has its own.
   * @default 'postgresql'
   */
  readonly folder?: string;
  /**
   * PostgreSQL's `max_connections`.
   * @default 100
   */
  readonly maxConnections?: number;
}

/**
 * A PostgreSQL for the services that `connects` it: a Helm chart with values in which database, owner, password and
 * clients agree with what the services are told, because both come from here.
 */
export class PostgresStack extends Construct implements Peer, Store {
  /** The client Service's name, as the chart makes it of the release. */
  readonly name: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly port = POSTGRESQL_PORT;
  readonly database: string;
  readonly owner: string;
  readonly namespace: string | undefined;
  readonly credentials: DatabaseCredentials;
  readonly tls: StoreTls | undefined;
  private readonly clients: StoreClient[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PostgresStackProps,
  ) {
    super(scope, id);
    const release = checkDnsLabel(this.node.path, props.release);
    this.namespace = Chart.of(this).namespace;
    this.credentials = props.credentials;
    this.name = postgresqlServiceName(release);
    const { tls } = props;
    this.tls = tls && {
      ca: { secret: tls === 'generated' ? `${this.name}-tls` : tls.existingSecret, key: 'ca.crt' },
    };
    this.database = checkIdentifier(this.node.path, 'database', props.database);
    this.owner = checkIdentifier(this.node.path, 'owner', props.owner);
    if (this.owner === 'postgres') {
      throw new Error(
        `${this.node.path}: owner is "postgres", PostgreSQL's superuser; an application's role must not be able to do everything. Choose another name, such as "shop".`,
      );
    }
    if (props.dns !== undefined) checkDns(this.node.path, props.dns);
    this.podLabels = postgresqlPodLabels(release);
    new HelmChart(this, 'Chart', {
      folder: props.folder ?? CHART_NAME,
      release,
      files: () => postgresqlChartFiles(this.values()),
      values: () => parsePostgresqlValues(this.values()),
      objects: () =>
        postgresqlObjects({
          release,
          namespace: this.namespace ?? 'default',
          values: this.values(),
        }),
    });
    this.node.addValidation({
      validate: () => {
        const problem = connectionBudgetProblem(this.clients, this.maxConnections);
        return problem === undefined ? [] : [problem];
      },
    });
  }

  addressFor(client: Peer): Address {
    if (client.namespace !== this.namespace) {
      throw new Error(
        `${this.node.path}: ${client.name} is in the namespace ${client.namespace ?? 'that kubectl uses'}, and this database admits only clients of its own, ${this.namespace ?? 'that kubectl uses'}. Give that namespace a PostgresStack of its own.`,
      );
    }
    return { host: this.name, port: this.port };
  }

  /** Called by the edge: one more service that holds connections and passes the network policy. */
  addClient(client: StoreClient): void {
    this.clients.push(client);
  }

  admit(policy: PodNetworkPolicy): void {
    policy.allowTo(this, this.port);
  }

  private get maxConnections(): number {
    return this.props.maxConnections ?? 100;
  }

  private values(): PostgresqlValuesInput {
    const { credentials, storage, tls, dns } = this.props;
    const digest = this.props.digestOf?.(defaultImage());
    return {
      ...(digest !== undefined && { image: { digest } }),
      auth: {
        username: this.owner,
        database: this.database,
        ...('developmentPassword' in credentials
          ? { password: credentials.developmentPassword }
          : {
              existingSecret: credentials.existingSecret,
              secretKeys: { userPasswordKey: credentials.key ?? PASSWORD_KEY },
            }),
      },
      ...(tls && { tls: { enabled: true, existingSecret: tls === 'generated' ? '' : tls.existingSecret } }),
      primary: {
        persistence: { size: `${storage.toGibibytes()}Gi` },
        networkPolicy: {
          clients: this.clients.map(({ podLabels }) => ({ matchLabels: { ...podLabels } })),
          ...(dns !== undefined && {
            dns: dns === 'any' ? { anywhere: true } : { ...dns, podLabels: { ...dns.podLabels } },
          }),
        },
      },
      postgresqlConfiguration: { max_connections: this.maxConnections },
    };
  }
}
