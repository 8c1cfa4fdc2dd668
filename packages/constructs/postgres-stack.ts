import type { Size } from 'cdk8s';
import { Construct } from 'constructs';
import {
  CHART_NAME,
  POSTGRESQL_PORT,
  postgresqlChartFiles,
  postgresqlPodLabels,
  postgresqlServiceName,
  type PostgresqlValuesInput,
} from '@cafe-lumiere/postgresql';
import { connectionBudgetProblem } from '@cafe-lumiere/contract';
import type { Address } from './environment-variable.js';
import { HelmChart } from './helm-chart.js';
import { checkDnsLabel, checkIdentifier } from './names.js';
import type { Peer, PodNetworkPolicy } from './pod-network-policy.js';
import type { Store, StoreClient } from './store.js';

/**
 * Where the application's password comes from: one value that both sides are given, for development only, or a Secret
 * that is in the cluster before either side starts and never in the manifests.
 */
export type DatabaseCredentials =
  { readonly developmentPassword: string } | { readonly existingSecret: string };

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
   * The Helm release that the chart is installed as. The client Service's name, and with it `DB_HOST`, follows from
   * it by the chart's own rule.
   * @default 'cafe-lumiere-postgresql'
   */
  readonly release?: string;
  /**
   * PostgreSQL's `max_connections`.
   * @default 100
   */
  readonly maxConnections?: number;
}

/** The key of the application's password in a Secret, on both sides. */
const PASSWORD_KEY = 'DB_PASSWORD';

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
  private readonly clients: StoreClient[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PostgresStackProps,
  ) {
    super(scope, id);
    const release = checkDnsLabel(this.node.path, props.release ?? 'cafe-lumiere-postgresql');
    this.name = postgresqlServiceName(release);
    this.database = checkIdentifier(this.node.path, 'database', props.database);
    this.owner = checkIdentifier(this.node.path, 'owner', props.owner);
    if (this.owner === 'postgres') {
      throw new Error(
        `${this.node.path}: owner is "postgres", PostgreSQL's superuser; an application's role must not be able to do everything. Choose another name, such as "cafe".`,
      );
    }
    this.podLabels = postgresqlPodLabels(release);
    new HelmChart(this, 'Chart', {
      name: CHART_NAME,
      release,
      files: () => postgresqlChartFiles(this.values()),
    });
    this.node.addValidation({
      validate: () => {
        const problem = connectionBudgetProblem(this.clients, this.maxConnections);
        return problem === undefined ? [] : [problem];
      },
    });
  }

  /** Where the clients inside the cluster find the database. */
  get clusterAddress(): Address {
    return { host: this.name, port: this.port };
  }

  /** The password, where the manifests may hold one. */
  get developmentPassword(): string | undefined {
    const { credentials } = this.props;
    return 'developmentPassword' in credentials ? credentials.developmentPassword : undefined;
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
    const { credentials, storage } = this.props;
    return {
      auth: {
        username: this.owner,
        database: this.database,
        ...('developmentPassword' in credentials
          ? { password: credentials.developmentPassword }
          : {
              existingSecret: credentials.existingSecret,
              secretKeys: { userPasswordKey: PASSWORD_KEY },
            }),
      },
      primary: {
        persistence: { size: `${storage.toGibibytes()}Gi` },
        networkPolicy: { clients: this.clients.map(({ podLabels }) => ({ matchLabels: { ...podLabels } })) },
      },
      postgresqlConfiguration: { max_connections: this.maxConnections },
    };
  }
}
