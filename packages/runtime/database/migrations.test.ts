import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Database } from './database.js';
import { DatabaseUnavailableError } from './database-unavailable.js';
import { createLog } from '../log.js';
import { migrate } from './migrations.js';
import { PostgresFixture } from '../testing/postgres-fixture.js';

describe('migrations', () => {
  let server: PostgresFixture;
  let folder: string;
  let databases: Database[] = [];
  let turn = 0;
  const log = createLog('cupboard', '1', 'silent');

  /** Another process, as far as the database can tell: a pool of its own. */
  const processAt = (): Database => {
    const access = { ...server.access, database: `migrations_${turn}` };
    const database = new Database(
      { ...access, poolMax: 2, queryTimeoutMs: 1500, applicationName: 'cupboard' },
      log,
    );
    databases.push(database);
    return database;
  };
  const never = new AbortController().signal;
  const run = (database: Database, signal = never): Promise<void> =>
    migrate(database, { owner: 'cup-board', folder: pathToFileURL(`${folder}/`) }, log, signal);
  const write = (name: string, sql: string): Promise<void> => writeFile(join(folder, name), sql);

  beforeAll(async () => {
    server = await PostgresFixture.start();
  });
  beforeEach(async () => {
    turn += 1;
    await server.createDatabase(`migrations_${turn}`);
    folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    await write('0001_cups.sql', 'create table cups (id int); insert into cups values (1);');
    await write(
      '0002_saucers.sql',
      'create table saucers (id int); insert into saucers select id from cups;',
    );
  });
  afterEach(async () => {
    await Promise.all(databases.map((database) => database.close()));
    databases = [];
    await rm(folder, { recursive: true });
  });
  afterAll(async () => {
    await server.remove();
  });

  test('eight processes at once: each file is applied once, in order', async () => {
    const all = Array.from({ length: 8 }, processAt);
    await Promise.all(all.map((database) => run(database)));
    const saucers = await processAt().run((sql) => sql`select id from saucers`);
    expect(saucers).toHaveLength(1);
  });

  test('a new file is applied to what is there, and a second run changes nothing', async () => {
    const database = processAt();
    await run(database);
    await write('0003_spoons.sql', 'create table spoons (id int);');
    await run(database);
    await run(database);
    const names = await database.run(
      (sql) => sql`select name from schema_migrations_cup_board order by name`,
    );
    expect(names.map(({ name }) => String(name))).toEqual([
      '0001_cups.sql',
      '0002_saucers.sql',
      '0003_spoons.sql',
    ]);
  });

  describe('of two owners in one database', () => {
    let other: string;
    beforeEach(async () => {
      other = await mkdtemp(join(tmpdir(), 'migrations-'));
      // As the first file of the other owner is called, and not the same.
      await writeFile(join(other, '0001_cups.sql'), 'create table measuring_cups (id int);');
    });
    afterEach(async () => {
      await rm(other, { recursive: true });
    });
    const owned = (owner: string, table?: string): Promise<void> =>
      migrate(processAt(), { owner, folder: pathToFileURL(`${other}/`), table }, log, never);

    test('are two histories, also when all of their processes start at once', async () => {
      await Promise.all(
        Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? owned('kitchen') : run(processAt()))),
      );
      const tables = await processAt().run(
        (sql) => sql`select tablename::text as name from pg_tables where schemaname = 'public' order by 1`,
      );
      expect(tables.map(({ name }) => String(name))).toEqual([
        ...['cups', 'measuring_cups', 'saucers'],
        ...['schema_migrations_cup_board', 'schema_migrations_kitchen'],
      ]);
      await Promise.all([owned('kitchen'), run(processAt())]);
    });

    test('that mean the same table: the second is refused, and told what to do', async () => {
      await run(processAt());
      await expect(owned('kitchen', 'schema_migrations_cup_board')).rejects.toThrow(
        /0001_cups.sql .*schema_migrations_cup_board is another owner's/,
      );
    });

    test.each(['', 'Kitchen', 'cup_board', '1st', 'x'.repeat(42)])('is none called "%s"', async (owner) => {
      await expect(owned(owner)).rejects.toThrow('cannot own migrations');
    });
  });

  test('an applied file that was edited is refused', async () => {
    const database = processAt();
    await run(database);
    await write('0001_cups.sql', 'create table cups (id bigint);');
    await expect(run(database)).rejects.toThrow('0001_cups.sql was edited after it was applied');
  });

  test('an applied file that was replaced is refused', async () => {
    const database = processAt();
    await run(database);
    await rm(join(folder, '0001_cups.sql'));
    await expect(run(database)).rejects.toThrow('0001_cups.sql was applied to this database');
  });

  test('an older version runs on what a newer one has made', async () => {
    const database = processAt();
    await run(database);
    await rm(join(folder, '0002_saucers.sql'));
    await expect(run(database)).resolves.toBeUndefined();
  });

  test('a file that fails leaves nothing of itself behind', async () => {
    await write('0002_saucers.sql', 'create table saucers (id int); insert into no_such_table values (1);');
    const database = processAt();
    await expect(run(database)).rejects.toThrow('no_such_table');
    const tables = await database.run((sql) => sql`select 1 from pg_tables where tablename = 'saucers'`);
    expect(tables).toHaveLength(0);
  });

  test('a file whose name has no place in the order is refused', async () => {
    await write('more.sql', 'select 1;');
    await expect(run(processAt())).rejects.toThrow('"more.sql" must be named like 0001_orders.sql');
  });

  test('it waits while the database is away, and ends when it is told to', async () => {
    const database = processAt();
    await server.stop('immediate');
    const ending = new AbortController();
    const told = run(processAt(), ending.signal);
    const migrated = run(database);
    await pause(300);
    ending.abort();
    await expect(told).rejects.toMatchObject({ name: 'AbortError' });
    await server.startAgain();
    await expect(migrated).resolves.toBeUndefined();
  });

  describe('once applied', () => {
    const kept = async (): Promise<{ readonly database: Database; readonly replaced: () => number }> => {
      const database = processAt();
      let times = 0;
      const count = (): void => void (times += 1);
      const options = { owner: 'cup-board', folder: pathToFileURL(`${folder}/`), replaced: count };
      await migrate(database, options, log, never);
      return { database, replaced: () => times };
    };
    const saucers = (database: Database) =>
      database.run((sql) => sql`select id from saucers`, { once: () => true });

    test('a statement waits for an emptied database to be brought up to date, and is run once', async () => {
      const { database, replaced } = await kept();
      await database.run((sql) => sql`drop owned by current_user`);
      const insert = (): Promise<unknown> =>
        database
          .run((sql) => sql`insert into saucers values (2)`, { once: () => true })
          .catch((error: unknown) => {
            if (error instanceof DatabaseUnavailableError) return insert();
            throw error;
          });
      await insert();
      await expect(saucers(database)).resolves.toHaveLength(2);
      expect(replaced()).toBe(1);
    });

    test('another version that applies more keeps every session', async () => {
      const { database, replaced } = await kept();
      const session = () => database.run((sql) => sql`select pg_backend_pid() as id`);
      const before = await session();
      await write('0003_spoons.sql', 'create table spoons (id int);');
      await run(processAt());
      // Until it has looked.
      await pause(1100);
      await database.check();
      expect(await session()).toEqual(before);
      expect(replaced()).toBe(0);
    });

    test('a table that is missing although it was applied is told, and no mistake', async () => {
      const { database } = await kept();
      await database.run((sql) => sql`drop table saucers`);
      const failure = saucers(database);
      await expect(failure).rejects.toBeInstanceOf(DatabaseUnavailableError);
      await expect(failure).rejects.toThrow(/cannot be used as it is: relation "saucers" does not exist/);
    });
  });
});
