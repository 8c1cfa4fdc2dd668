import type { DatabaseTls } from './database-tls.js';
import type { DatabaseTarget } from './describe-database-error.js';

/** Where a database is, who logs in, and how the connection is protected. */
export interface DatabaseAccess extends DatabaseTarget {
  readonly password: string;
  /** TLS with a checked certificate. @default - none */
  readonly tls?: DatabaseTls | undefined;
}

/** How a service reaches its database. */
export interface DatabaseSettings extends DatabaseAccess {
  /** Connections at most; the manifests check that all pods together fit. */
  readonly poolMax: number;
  /** When a query is given up on both sides. */
  readonly queryTimeoutMs: number;
  /** `application_name`, so that pg_stat_activity says whose a connection is. */
  readonly applicationName: string;
}
