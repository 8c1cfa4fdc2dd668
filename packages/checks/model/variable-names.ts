import type { Variables } from './container-variables.js';

/**
 * The variables that the proofs read by name, and what each says; `*` stands for any prefix. The one list: a proof can
 * name no other, and docs/checks.md is written from it.
 */
export const READ_VARIABLES = {
  '*_HOST': 'a host to connect to, or host:port',
  '*_HOSTNAME': 'the same',
  PGHOST: "the same, in libpq's words",
  '*_PORT': 'the port of the host beside it; `PGPORT` for `PGHOST`, and so on below',
  '*_PORT_NUMBER': 'the same',
  '*_URL': 'a URL to connect to; any other variable counts as well when its value is a URL',
  '*_ADDR': 'host:port to connect to',
  '*_ADDRESS': 'the same',
  '*_ENDPOINT': 'the same',
  DATA_SOURCE_URI: 'a database to connect to, in the words of postgres_exporter',
  '*_NAME': 'the database on the host beside it',
  '*_DATABASE': 'the same',
  '*_DB_NAME': 'the same',
  '*_DB': 'the same',
  '*_DBNAME': 'the same',
  '*_USER': 'the role that logs in there',
  '*_USERNAME': 'the same',
  '*_PASSWORD': 'its password',
  '*_POOL_MAX': 'connections that the container keeps there at most',
  DB_POOL_MAX: 'the same, for a database in a URL or of another prefix',
  PGPOOL_MAX: 'the same',
  '*_TIMEOUT_MS':
    'milliseconds after which the container gives up waiting; `API_TIMEOUT_MS` is that of `API_URL`',
  DRAIN_SECONDS: 'seconds for which the process goes on serving after SIGTERM',
  IN_FLIGHT_SECONDS: 'seconds that requests in flight may take after that',
  GATE_TIMEOUT_SECONDS: 'seconds that an init container waits at most',
  DEFAULT_POOL_SIZE: 'connections that a pooler keeps to its database',
  MAX_CLIENT_CONN: 'connections that a pooler lets in',
  PGBOUNCER_MAX_CLIENT_CONN: 'the same',
  POSTGRES_PASSWORD: 'the password that a database gives its role',
  POSTGRESQL_PASSWORD: 'the same',
  MYSQL_PASSWORD: 'the same',
  MARIADB_PASSWORD: 'the same',
  POSTGRES_DB: 'the database that a store makes at its first start',
  POSTGRES_DATABASE: 'the same',
  POSTGRESQL_DATABASE: 'the same',
  MYSQL_DATABASE: 'the same',
  MARIADB_DATABASE: 'the same',
  POSTGRES_USER: 'the role that a store makes at its first start',
  POSTGRESQL_USERNAME: 'the same',
  POSTGRESQL_USER: 'the same',
  MYSQL_USER: 'the same',
  MARIADB_USER: 'the same',
  DB_HOST: 'besides, beside DRAIN_SECONDS: this container has a database, and may migrate it when it starts',
  PGDATA: "PostgreSQL's folder of data",
} as const satisfies Readonly<Record<string, string>>;

type ReadVariable = keyof typeof READ_VARIABLES;
/** The name of one variable. */
export type VariableName = Exclude<ReadVariable, `*${string}`>;
/** The end of the names of many. */
export type VariablePattern = Extract<ReadVariable, `*${string}`>;

/** Whether a variable is one of these. */
export const isNamed = (name: string, ...names: readonly ReadVariable[]): boolean =>
  names.some((each) => (each.startsWith('*') ? name.endsWith(each.slice(1)) : name === each));

/** The variable beside that of a host: `DB_PORT` for `DB_HOST`, `PGPORT` for `PGHOST`. Nothing for other variables. */
export const besideHost = (host: string, pattern: VariablePattern): string | undefined =>
  /HOST(?:NAME)?$/.test(host) ? host.replace(/HOST(?:NAME)?$/, pattern.slice('*_'.length)) : undefined;

/**
 * The variable beside that of an address, of whatever form: `DB_USER` for `DB_HOST`, `DB_URL`, `DB_ENDPOINT` and their like.
 */
export const besideAddress = (address: string, pattern: VariablePattern): string | undefined =>
  besideHost(address, pattern) ??
  (/_(?:UR[LI]|DSN|ENDPOINT|ADDR|ADDRESS|JDBC)$/.test(address)
    ? address.replace(/_[A-Z]+$/, pattern.slice('*'.length))
    : undefined);

/** The variable that says how long the call of a URL may take: `API_TIMEOUT_MS` for `API_URL`. */
export const timeoutOf = (url: string): string | undefined =>
  isNamed(url, '*_URL') ? url.replace(/_URL$/, '*_TIMEOUT_MS'.slice(1)) : undefined;

/**
 * Whether a container keeps the contract of `@cafe-lumiere/contract`, as one on `@cafe-lumiere/runtime` does: then it is known
 * what it reads, what it migrates and how many connections it has besides its pool. Of others nothing is known.
 */
export const keepsContract = (variables: Variables): boolean =>
  (['DRAIN_SECONDS', 'IN_FLIGHT_SECONDS'] as const).every((name: VariableName) => variables.has(name));

/** The whole number that a variable holds. */
export function numberAt(variables: Variables, name: string | undefined): number | undefined {
  const value = name === undefined ? undefined : variables.get(name)?.value;
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** The same, of a variable that has one name. */
export const numberIn = (variables: Variables, name: VariableName): number | undefined =>
  numberAt(variables, name);
