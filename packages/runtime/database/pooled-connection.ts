import type { Sql } from 'postgres';
import type { DatabaseSettings } from './database-settings.js';
import { logIn } from './log-in.js';

/** A connection of a pool. One caller has it at a time. */
export interface PooledConnection {
  readonly sql: Sql;
  /** Doubtful is one that has not answered in time: it is asked nothing more until it has. */
  state: 'free' | 'taken' | 'doubtful';
  /** When it last answered. */
  answered: number;
  /** Which database it leads to; nothing before that matters. */
  readonly place: string | undefined;
  /** When it is old, so that what PostgreSQL remembers for it does not grow for ever. */
  readonly old: number;
}

/** At least; and as much again by chance, so that connections that were made together do not end together. */
const LIFETIME_MS = 30 * 60_000;

/** What happens to a connection of a pool. */
export interface OpeningOptions {
  /** Looks at it before it serves anybody. @returns which database it leads to */
  readonly admit: (sql: Sql) => Promise<string | undefined>;
  /** It is closed, whoever closed it. */
  readonly onClose: (connection: PooledConnection) => void;
  /** Gives up in the middle. */
  readonly signal: AbortSignal;
}

/** Logs in. @throws what PostgreSQL or the network says, and why it is not admitted */
export async function openConnection(
  settings: DatabaseSettings,
  { admit, onClose, signal }: OpeningOptions,
): Promise<PooledConnection> {
  const { queryTimeoutMs, applicationName } = settings;
  const parameters = {
    application_name: applicationName,
    // The server gives up, too, so that an abandoned query does not hold locks; and it gives up first, so that a slow
    // query is not taken for a dead connection.
    statement_timeout: Math.ceil(queryTimeoutMs * 0.8),
    lock_timeout: Math.ceil(queryTimeoutMs * 0.6),
    idle_in_transaction_session_timeout: queryTimeoutMs * 2,
  };
  const opened: { connection?: PooledConnection } = {};
  const close = (): void => {
    if (opened.connection) onClose(opened.connection);
  };
  const sql = await logIn(settings, { parameters, onClose: close, signal });
  const place = await admit(sql).catch((error: unknown) => {
    void sql.end({ timeout: 0 }).catch(() => undefined);
    throw error;
  });
  const now = performance.now();
  const old = now + LIFETIME_MS * (1 + Math.random());
  opened.connection = { sql, state: 'taken', answered: now, place, old };
  return opened.connection;
}
