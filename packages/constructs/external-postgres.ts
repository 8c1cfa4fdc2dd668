import { Construct } from 'constructs';
import { connectionBudgetProblem } from '@cafe-lumiere/contract';
import type { Address } from './environment-variable.js';
import { checkIdentifier, checkPort } from './names.js';
import { checkNetworks } from './network.js';
import type { PodNetworkPolicy } from './pod-network-policy.js';
import type { DatabaseCredentials, Store, StoreClient, StoreTls } from './store.js';

/** Where a database is that somebody else runs. */
export interface ExternalPostgresProps {
  /** The name that its certificate is for. */
  readonly host: string;
  /**
   * @default 5432
   */
  readonly port?: number;
  /** The networks in which its addresses are, such as `10.20.0.0/24`: a network policy knows no names. */
  readonly networks: readonly string[];
  readonly database: string;
  /** The role that owns the database: never its administrator. */
  readonly owner: string;
  /**
   * TLS is always checked to the end (libpq's `verify-full`).
   * @default - the certificate is signed by one of the authorities that Node trusts
   */
  readonly tls?: StoreTls;
  /** The Secret that holds the owner's password, in the cluster before the services are. */
  readonly credentials: Exclude<DatabaseCredentials, { readonly developmentPassword: string }>;
  /**
   * The server's `max_connections`, or this application's share of it.
   * @default 100
   */
  readonly maxConnections?: number;
}

/**
 * A managed PostgreSQL, outside the cluster, over TLS. Nothing is installed for it: the clients are told where it is,
 * trust its certificate, and may leave for its networks.
 */
export class ExternalPostgres extends Construct implements Store {
  readonly name: string;
  readonly port: number;
  readonly database: string;
  readonly owner: string;
  readonly credentials: DatabaseCredentials;
  readonly tls: StoreTls;
  private readonly clients: StoreClient[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ExternalPostgresProps,
  ) {
    super(scope, id);
    const path = this.node.path;
    this.name = checkHost(path, props.host);
    this.port = checkPort(path, 'port', props.port ?? 5432);
    this.database = checkIdentifier(path, 'database', props.database);
    this.owner = checkIdentifier(path, 'owner', props.owner);
    this.credentials = props.credentials;
    this.tls = props.tls ?? {};
    checkNetworks(path, 'networks', props.networks, this.name);
    this.node.addValidation({
      validate: () => {
        const problem = connectionBudgetProblem(this.clients, props.maxConnections ?? 100);
        return problem === undefined ? [] : [problem];
      },
    });
  }

  addressFor(): Address {
    return { host: this.name, port: this.port };
  }

  addClient(client: StoreClient): void {
    this.clients.push(client);
  }

  admit(policy: PodNetworkPolicy): void {
    policy.allowToNetworks(this.props.networks, this.port);
  }
}

function checkHost(path: string, host: string): string {
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i.test(host)) return host;
  throw new Error(
    `${path}: host is "${host}"; it is the name alone that the server's certificate is for, such as db.example.com.`,
  );
}
