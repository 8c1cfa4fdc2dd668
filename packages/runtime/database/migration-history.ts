import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Sql } from 'postgres';
import { z } from 'zod';
import { databaseErrorCode, UNDEFINED_TABLE } from './database-error.js';
import type { Logger } from '../log.js';
import { inTransaction } from './transaction.js';

/** One file of the folder, such as `0001_orders.sql`. */
interface Migration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The table that remembers what was applied, and what should be in it. */
export interface History {
  readonly table: string;
  readonly migrations: readonly Migration[];
}

/** A history as it was found. */
export interface FoundHistory {
  /** Of which database: the same for as long as nobody drops, restores or exchanges it. */
  readonly place: string;
  /** What was applied there. */
  readonly applied: string;
}

/** Any number, the same for all owners and in all versions; why not one for each owner: docs/decisions/migrations.md. */
const LOCK = 5_001_432;
const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;

/** The files of a folder. @throws Error when one has a name that has no place in the order */
export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
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

/**
 * Applies what is not applied yet: each file in a transaction of its own under an advisory lock.
 *
 * @throws Error when an applied file was edited or is missing, or a file cannot be applied
 */
export async function applyAll(sql: Sql, { table, migrations }: History, log: Logger): Promise<void> {
  await inTransaction(sql, async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${LOCK})`;
    await transaction`
      create table if not exists ${transaction(table)} (
        name text primary key,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`;
  });
  for (const [index, migration] of migrations.entries()) {
    await inTransaction(sql, async (transaction) => {
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

/**
 * Looks which database it is, in one question. Drops, restores and exchanges change the numbers of the database or of the
 * table; a new one that happens to have the same numbers was migrated at another microsecond.
 *
 * @returns nothing when there is no history, or nothing in it
 */
export async function findHistory(sql: Sql, { table }: History): Promise<FoundHistory | undefined> {
  try {
    const [row] = await sql<(FoundHistory | { readonly place: null })[]>`
      select
        (select oid from pg_database where datname = current_database()) || '/' || min(tableoid::bigint)
          || '/' || extract(epoch from min(applied_at)) as place,
        md5(string_agg(name || ' ' || checksum, ',' order by name)) as applied
      from ${sql(table)}`;
    return row?.place == null ? undefined : row;
  } catch (error) {
    if (databaseErrorCode(error) === UNDEFINED_TABLE) return undefined;
    throw error;
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
