import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { Database } from './database.js';
import { DatabaseUnavailableError } from './database-unavailable.js';
import { KeptSchema } from './kept-schema.js';
import { readMigrations } from './migration-history.js';
import type { Logger } from '../log.js';

/** Whose schema is brought up to date. */
export interface MigrationsOptions {
  /**
   * Who owns these files, such as a service's name. Several owners may share a database: each has a history of its own,
   * and none sees another's.
   */
  readonly owner: string;
  /** The files, named like `0001_orders.sql`. */
  readonly folder: URL;
  /**
   * The table that remembers what was applied. Name it for an owner whose history is older than its name.
   * @default - `schema_migrations_` and the owner's name, with `_` for `-`
   */
  readonly table?: string | undefined;
  /**
   * Called when the database turned out to be another one than before (restored, emptied, exchanged) and is up to date
   * again: what the process remembers of the former one is not true any more.
   * @default - nothing is remembered
   */
  readonly replaced?: () => void;
}

/** No underscore, so that two owners never mean one table; short enough for PostgreSQL's 63 bytes. */
const OWNER = /^[a-z][a-z0-9-]{0,40}$/;
const RETRY_MS = 500;

/**
 * Brings the schema up to date: each file of the folder once, in the order of their names, each in a transaction of its
 * own under an advisory lock. Two pods that start at once are the normal case: `create table if not exists` alone
 * failed in 50 of 50 such rounds.
 *
 * Waits while the database is away; resolves when every file has been applied. From then on the database serves from this
 * schema alone: one that is found empty or older is brought up to date first, and one with another history is refused.
 *
 * @throws Error when an applied file was edited or is missing, or a file cannot be applied
 */
export async function migrate(
  database: Database,
  { owner, folder, table = tableOf(owner), replaced = () => undefined }: MigrationsOptions,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const schema = new KeptSchema({
    history: { table, migrations: await readMigrations(folder) },
    apart: (work) => withConnection(database, signal, work),
    replaced,
    log,
    signal,
  });
  let said = '';
  while (!signal.aborted) {
    try {
      await database.check();
      await schema.bring();
      database.keep(schema);
      return;
    } catch (error) {
      const reason = database.unavailable(error);
      if (!(reason instanceof DatabaseUnavailableError)) throw error;
      if (reason.message !== said) log.warn(`migrations wait: ${reason.message}`);
      said = reason.message;
    }
    await pause(RETRY_MS, undefined, { signal });
  }
  signal.throwIfAborted();
}

/** With a connection of its own, which the signal ends in the middle of it. */
async function withConnection(
  database: Database,
  signal: AbortSignal,
  work: (sql: Sql) => Promise<void>,
): Promise<void> {
  const sql = await database.dedicated();
  const end = (): void => void sql.end({ timeout: 0 });
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    await work(sql);
  } finally {
    signal.removeEventListener('abort', end);
    await sql.end({ timeout: 1 }).catch(() => undefined);
  }
}

function tableOf(owner: string): string {
  if (!OWNER.test(owner)) {
    throw new Error(
      `"${owner}" cannot own migrations: an owner is named like order-service, with small letters, digits and -, at most 41`,
    );
  }
  return `schema_migrations_${owner.replaceAll('-', '_')}`;
}
