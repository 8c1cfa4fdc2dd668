import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Sql } from 'postgres';

// How release 1.0.0 brings the schema up to date, which knows of no owners: copied from it, without its log and its
// waiting. Pods of it run beside newer ones during a rollout, and after a rollback. Not to be changed.

const LOCK = 5_001_432;

export interface ReleasedMigration {
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

export async function releasedMigrations(folder: URL): Promise<readonly ReleasedMigration[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}

/** @returns the names of what it has applied */
export async function migrateAsReleased(
  sql: Sql,
  migrations: readonly ReleasedMigration[],
): Promise<readonly string[]> {
  const done: string[] = [];
  await sql.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${LOCK})`;
    await transaction`
      create table if not exists schema_migrations (
        name text primary key,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`;
  });
  for (const [index, migration] of migrations.entries()) {
    await sql.begin(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(${LOCK})`;
      const applied = await transaction<
        { name: string; checksum: string }[]
      >`select name, checksum from schema_migrations order by name`;
      if (index === 0) checkHistory(applied, migrations);
      if (applied.some(({ name }) => name === migration.name)) return;
      await transaction.unsafe(migration.sql);
      await transaction`insert into schema_migrations ${transaction({ name: migration.name, checksum: migration.checksum })}`;
      done.push(migration.name);
    });
  }
  return done;
}

function checkHistory(
  applied: readonly { readonly name: string; readonly checksum: string }[],
  migrations: readonly ReleasedMigration[],
): void {
  for (const [index, { name, checksum }] of applied.entries()) {
    const migration = migrations[index];
    if (migration === undefined) return;
    if (migration.name !== name) {
      throw new Error(
        `the migration ${name} was applied to this database, and in its place this version has ${migration.name}`,
      );
    }
    if (migration.checksum !== checksum) {
      throw new Error(
        `the migration ${name} was edited after it was applied; restore the file and put the change into a new one`,
      );
    }
  }
}
