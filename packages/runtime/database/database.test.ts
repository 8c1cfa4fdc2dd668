import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../testing/free-port.js';
import { Database, type DatabaseSettings } from './database.js';
import { createLog } from '../log.js';
import { NetworkFixture } from '../testing/network-fixture.js';
import { PostgresFixture } from '../testing/postgres-fixture.js';
import { Problem } from '../http/problem.js';

describe('the database', () => {
  let server: PostgresFixture;
  let settings: DatabaseSettings;
  const cleanups: (() => unknown)[] = [];
  const databaseAt = (changes: Partial<DatabaseSettings> = {}): Database => {
    const database = new Database({ ...settings, ...changes }, createLog('order-service', '1', 'silent'));
    cleanups.push(() => database.close());
    return database;
  };
  const networkTo = async (target: Parameters<typeof NetworkFixture.to>[0]): Promise<NetworkFixture> => {
    const network = await NetworkFixture.to(target);
    cleanups.push(() => {
      network.close();
    });
    return network;
  };
  const one = (database: Database) => database.run((sql) => sql`select 1 as one`);
  const unavailable = async (call: Promise<unknown>): Promise<string> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Problem) || error.status !== 503) throw new Error('no 503 came', { cause: error });
    expect(error.options.headers).toEqual({ 'Retry-After': '1' });
    return error.options.cause instanceof Error ? error.options.cause.message : '';
  };

  beforeAll(async () => {
    server = await PostgresFixture.start();
    const { DB_HOST, DB_NAME, DB_USER, DB_PASSWORD } = server.environment;
    settings = {
      host: DB_HOST,
      port: server.port,
      database: DB_NAME,
      user: DB_USER,
      password: DB_PASSWORD,
      poolMax: 4,
      queryTimeoutMs: 1500,
      applicationName: 'order-service',
    };
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });
  afterAll(async () => {
    await server.remove();
  });

  test('answers, under our name', async () => {
    const database = databaseAt();
    await expect(
      database.run((sql) => sql`select current_setting('application_name') as name`),
    ).resolves.toEqual([{ name: 'order-service' }]);
    await expect(database.check()).resolves.toBeUndefined();
  });

  test('that cannot be used is a 503, and the reason is one line that says what to look at', async () => {
    const reasons: Record<string, string> = {};
    const cases: Record<string, Partial<DatabaseSettings>> = {
      password: { password: 'wrong' },
      user: { user: 'nobody-we-know' },
      database: { database: 'tea_house' },
      port: { port: await freePort() },
      host: { host: 'no-such-postgres.invalid' },
    };
    for (const [name, changes] of Object.entries(cases)) {
      const database = databaseAt(changes);
      reasons[name] = await unavailable(one(database));
      await expect(database.check()).rejects.toThrow(reasons[name]);
    }
    expect(reasons).toEqual({
      password: expect.stringMatching(/^wrong password for user "cafe" .*DB_PASSWORD/),
      user: expect.stringMatching(/user "nobody-we-know" .*DB_USER/),
      database: expect.stringMatching(/^there is no database "tea_house" .*DB_NAME/),
      port: expect.stringMatching(/refused the connection.*DB_PORT/),
      host: expect.stringMatching(/^the name "no-such-postgres.invalid" does not resolve \(DB_HOST\)/),
    });
    expect(Object.values(reasons).join('')).not.toMatch(/\n|wrong"/);
  });

  test('with a mistake of ours in the query is no outage', async () => {
    const call = databaseAt().run((sql) => sql`select * from no_such_table`);
    await expect(call).rejects.toMatchObject({ code: '42P01' });
    const undefinedValue = databaseAt().run((sql) => sql`select ${undefined as never}`);
    await expect(undefinedValue).rejects.not.toBeInstanceOf(Problem);
  });

  test('gives up a slow query on its own side, and keeps the connections', async () => {
    const database = databaseAt({ queryTimeoutMs: 500, poolMax: 1 });
    const pid = () => database.run((sql) => sql`select pg_backend_pid() as pid`);
    const before = await pid();
    await expect(unavailable(database.run((sql) => sql`select pg_sleep(5)`))).resolves.toContain(
      'statement_timeout',
    );
    await expect(pid()).resolves.toEqual(before);
  });

  test('is not waited for beyond the caller’s deadline, which says nothing about the connections', async () => {
    const database = databaseAt({ poolMax: 1 });
    const pid = () => database.run((sql) => sql`select pg_backend_pid() as pid`);
    const before = await pid();
    for (let caller = 0; caller < 3; caller += 1) {
      const started = performance.now();
      const late = database.run((sql) => sql`select pg_sleep(0.3)`, { deadline: started + 50 });
      await expect(late).rejects.toMatchObject({ status: 503, options: { headers: { 'Retry-After': '1' } } });
      expect(performance.now() - started).toBeLessThan(250);
    }
    await expect(pid()).resolves.toEqual(before);
    // The later of the two does not make a query last longer.
    const patient = database.run((sql) => sql`select pg_sleep(5)`, { deadline: performance.now() + 60_000 });
    await expect(unavailable(patient)).resolves.toContain('statement_timeout');
  });

  test('is not asked at all when the caller’s deadline is over', async () => {
    const database = databaseAt();
    const asked = { count: 0 };
    const call = database.run(
      (sql) => {
        asked.count += 1;
        return sql`select 1`;
      },
      { deadline: performance.now() - 1 },
    );
    await expect(unavailable(call)).resolves.toBe('');
    expect(asked.count).toBe(0);
  });

  test('behind a network that swallows everything is given up in time, and answers when it is back', async () => {
    const network = await networkTo(server.port);
    const database = databaseAt({ port: network.port, queryTimeoutMs: 400 });
    await one(database);
    network.swallows = true;
    for (let round = 0; round < 3; round += 1) {
      const started = performance.now();
      await expect(unavailable(one(database))).resolves.toContain('does not answer in time');
      expect(performance.now() - started).toBeLessThan(2000);
    }
    network.swallows = false;
    // TCP alone would need minutes; the connections are new ones.
    for (const end = Date.now() + 5000; ;) {
      try {
        await one(database);
        break;
      } catch (error) {
        if (Date.now() > end) throw error;
        await pause(50);
      }
    }
    expect(network.connections).toBeGreaterThan(1);
  });

  test('behind a peer that accepts and closes fails, and is not asked hundreds of times', async () => {
    const network = await networkTo('a peer that accepts and closes');
    const database = databaseAt({ port: network.port });
    const end = Date.now() + 1500;
    while (Date.now() < end)
      await expect(unavailable(one(database))).resolves.toContain('closed the connection');
    expect(network.connections).toBeLessThan(100);
  });

  test('does not do later what was given up', async () => {
    const database = databaseAt({ queryTimeoutMs: 400, poolMax: 1 });
    await database.run((sql) => sql`create table cups (id int)`);
    const late = database.transaction(async (sql) => {
      await sql`insert into cups values (1)`;
      await pause(700);
    });
    await unavailable(late);
    await pause(600);
    await expect(database.run((sql) => sql`select * from cups`)).resolves.toHaveLength(0);
  });

  describe('that is away for a moment', () => {
    const away = async (settingsOfTest: Partial<DatabaseSettings> = {}) => {
      const network = await networkTo(server.port);
      const database = databaseAt({ port: network.port, ...settingsOfTest });
      await one(database);
      return { network, database, back: await network.refuse() };
    };

    test('is waited for, by all who come meanwhile', async () => {
      const { database, back } = await away();
      const early = Array.from({ length: 20 }, () => one(database));
      await pause(300);
      const late = one(database);
      await back();
      await expect(Promise.all([...early, late])).resolves.toHaveLength(21);
    });

    test('is waited for until the caller’s deadline, and then the reason is told', async () => {
      const { database } = await away();
      const started = performance.now();
      const call = database.run((sql) => sql`select 1`, { deadline: started + 600 });
      await expect(unavailable(call)).resolves.toMatch(/(refused|closed) the connection/);
      expect(performance.now() - started).toBeGreaterThan(400);
    });

    test.each([
      { once: false, times: 2 },
      { once: true, times: 1 },
    ])('in the middle of a query: it runs $times times when once is $once', async ({ once, times }) => {
      const network = await networkTo(server.port);
      const database = databaseAt({ port: network.port });
      const asked = { times: 0 };
      const call = database.run(
        (sql) => {
          asked.times += 1;
          return sql`select pg_sleep(0.5)`;
        },
        { once },
      );
      const ended = call.then(
        () => 'done',
        () => 'failed',
      );
      await pause(200);
      const back = await network.refuse();
      await pause(100);
      await back();
      await expect(ended).resolves.toBe(once ? 'failed' : 'done');
      expect(asked.times).toBe(times);
    });

    test('is waited for before anything was begun, also by what may be done only once', async () => {
      const { database, back } = await away();
      // Until the loss of the connection is noticed; a query that is written to it might have been begun.
      await pause(50);
      const call = database.run((sql) => sql`select 1 as one`, { once: true });
      await pause(300);
      await back();
      await expect(call).resolves.toEqual([{ one: 1 }]);
    });
  });

  test('that went away and came back answers again at once', async () => {
    const database = databaseAt();
    await one(database);
    await server.stop('immediate');
    await unavailable(one(database));
    await server.startAgain();
    const started = performance.now();
    while (
      await one(database).then(
        () => false,
        () => true,
      )
    )
      await pause(20);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
