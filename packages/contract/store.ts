import { count, host, milliseconds, oneOf, port, secret, text, type Variables } from './variable.js';

/** How a process finds its database: the name of each variable. */
export interface StoreVariableNames {
  readonly host: string;
  readonly port: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** `disable` or `verify-full`, as libpq has them. @default - the process is not told */
  readonly sslMode?: string;
  /** A file of certificates in PEM. @default - the process is not told */
  readonly sslRootCert?: string;
  /** Connections that one pod holds at most. @default - the process is not told */
  readonly poolMax?: string;
  /** Milliseconds after which a query is given up. @default - the process is not told */
  readonly queryTimeout?: string;
}

/** A PostgreSQL that a service keeps its data in. */
export interface StoreDeclaration {
  /** Variables that are called otherwise than the runtime's, for a program that is not ours. */
  readonly variables?: StoreVariableNames;
  /**
   * How its tables are made. Several services may share a database, each with migrations of its own.
   * @default - the service makes no tables
   */
  readonly migrations?: Migrations;
}

/** The SQL files that make a service's tables. */
export interface Migrations {
  /** Whose tables they are, such as the service's name; each owner has a history of its own in the database. */
  readonly owner: string;
  /** Their folder in the image. */
  readonly folder: string;
  /**
   * The table of their history, for one that is older than its owner's name.
   * @default - the runtime's, by the owner's name
   */
  readonly table?: string;
}

/** The stores of a service by the prefix of their variables: `DB` is `DB_HOST`, `DB_PORT`, `DB_NAME` and so on. */
export type Stores = Readonly<Record<string, StoreDeclaration>>;

/** Declares a PostgreSQL, see {@link StoreDeclaration}. */
export const postgres = <const Declaration extends StoreDeclaration>(declaration: Declaration): Declaration =>
  declaration;

/** The names of a store's variables. */
export function storeVariableNames(prefix: string, { variables }: StoreDeclaration = {}): StoreVariableNames {
  return variables ?? runtimeStoreNames(prefix);
}

/** As the runtime reads them: with libpq's words where libpq has some. */
export function runtimeStoreNames(prefix: string): Required<StoreVariableNames> {
  return {
    host: `${prefix}_HOST`,
    port: `${prefix}_PORT`,
    database: `${prefix}_NAME`,
    user: `${prefix}_USER`,
    password: `${prefix}_PASSWORD`,
    sslMode: `${prefix}_SSL_MODE`,
    sslRootCert: `${prefix}_SSL_ROOT_CERT`,
    poolMax: `${prefix}_POOL_MAX`,
    queryTimeout: `${prefix}_QUERY_TIMEOUT_MS`,
  };
}

/** There is nothing between: TLS without a checked certificate protects from nobody. */
export const SSL_MODES = ['disable', 'verify-full'] as const;

/** What the runtime reads of a store, by what it means. */
export const STORE_VARIABLES = {
  host: host(),
  port: port(5432),
  database: text(),
  user: text(),
  password: secret(),
  sslMode: oneOf(SSL_MODES, 'disable'),
  /** A path; empty means the authorities that Node trusts by itself. */
  sslRootCert: text(''),
  poolMax: count(8),
  queryTimeout: milliseconds(1500),
} as const satisfies Variables & Record<keyof StoreVariableNames, unknown>;
