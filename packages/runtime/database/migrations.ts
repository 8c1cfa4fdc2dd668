import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { z } from 'zod';
import type { Database } from './database.js';
import { DatabaseUnavailableError } from './database-unavailable.js';
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
}

/** One file of the folder, such as `0001_orders.sql`. */
interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** A history, and what should be in it. */
interface History {
  readonly table: string;
  readonly migrations: readonly Migration[];
}

/** Any number, the same for all owners and in all versions; why not one for each owner: docs/decisions/migrations.md. */
const LOCK = 5_001_432;
/** No underscore, so that two owners never mean one table; short enough for PostgreSQL's 63 bytes. */
const OWNER = /^[a-z][a-z0-9-]{0,40}$/;
const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;
const RETRY_MS = 500;

/**
 * Brings the schema up to date: each file of the folder once, in the order of their names, each in a transaction of its
 * own under an advisory lock. Two pods that start at once are the normal case: `create table if not exists` alone
 * failed in 50 of 50 such rounds.
 *
 * Waits while the database is away; resolves when every file has been applied.
 *
 * @throws Error when an applied file was edited or is missing, or a file cannot be applied
 */
export async function migrate(
  database: Database,
  { owner, folder, table = tableOf(owner) }: MigrationsOptions,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const history = { table, migrations: await readMigrations(folder) };
  let said = '';
  while (!signal.aborted) {
    try {
      await database.check();
      await withConnection(database, signal, (sql) => applyAll(sql, history, log));
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

async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).sort();
  const strange = names.find((name) => !FILE_NAME.test(name));
  if (strange !== undefined) {
    throw new Error(
      `the migration "${strange}" must be named like 0001_orders.sql: four digits, a word, .sql`,
    );
  }
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

const appliedRows = z.array(z.object({ name: z.string(), checksum: z.string() }));

async function applyAll(sql: Sql, { table, migrations }: History, log: Logger): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${LOCK})`;
    await transaction`
      create table if not exists ${transaction(table)} (
        name text primary key,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`;
  });
  for (const [index, migration] of migrations.entries()) {
    await sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(${LOCK})`;
      const applied = appliedRows.parse([
        ...(await transaction`select name, checksum from ${transaction(table)} order by name`),
      ]);
      if (index === 0) checkHistory(applied, { table, migrations });
      if (applied.some(({ name }) => name === migration.name)) return;
      await transaction.unsafe(migration.sql);
      const { name, checksum } = migration;
      await transaction`insert into ${transaction(table)} ${transaction({ name, checksum })}`;
      log.info(`migration ${migration.name} is applied`);
    });
  }
}

/** What was applied must be the beginning of what there is: an edited file would leave two databases that differ. */
function checkHistory(applied: z.output<typeof appliedRows>, { table, migrations }: History): void {
  for (const [index, { name, checksum }] of applied.entries()) {
    const migration = migrations[index];
    if (migration === undefined) {
      // A newer version has been here and was rolled back; its schema must suit the older one.
      return;
    }
    const elsewhere = `restore the file; or, when ${table} is another owner's history, name no table for this owner`;
    if (migration.name !== name) {
      throw new Error(
        `the migration ${name} was applied to this database, and in its place this version has ${migration.name}: ${elsewhere}`,
      );
    }
    if (migration.checksum !== checksum) {
      throw new Error(
        `the migration ${name} was edited after it was applied: put the change into a new file, and ${elsewhere}`,
      );
    }
  }
}
