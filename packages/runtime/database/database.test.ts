import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../testing/free-port.js';
import { Database } from './database.js';
import type { DatabaseSettings } from './database-settings.js';
import { DatabaseUnavailableError } from './database-unavailable.js';
import { createLog } from '../log.js';
import { NetworkFixture } from '../testing/network-fixture.js';
import { PostgresFixture } from '../testing/postgres-fixture.js';
import { UnavailableError } from '../unavailable.js';

describe('the database', () => {
  let server: PostgresFixture;
  let settings: DatabaseSettings;
  const cleanups: (() => unknown)[] = [];
  const databaseAt = (changes: Partial<DatabaseSettings> = {}): Database => {
    const database = new Database({ ...settings, ...changes }, createLog('ledger', '1', 'silent'));
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
  const answered = async (database: Database): Promise<void> => {
    while ((await one(database).catch(() => undefined)) === undefined) await pause(20);
  };
  const unavailability = async (call: Promise<unknown>): Promise<DatabaseUnavailableError> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof DatabaseUnavailableError) return error;
    throw new Error('it was not unavailable', { cause: error });
  };
  const unavailable = async (call: Promise<unknown>): Promise<string> => (await unavailability(call)).message;

  beforeAll(async () => {
    server = await PostgresFixture.start();
    settings = { ...server.access, poolMax: 4, queryTimeoutMs: 1500, applicationName: 'ledger' };
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
    ).resolves.toEqual([{ name: 'ledger' }]);
    await expect(database.check()).resolves.toBeUndefined();
  });

  test('that cannot be used is unavailable, and the reason is one line that says what to look at', async () => {
    const reasons: Record<string, string> = {};
    const cases: Record<string, Partial<DatabaseSettings>> = {
      password: { password: 'wrong' },
      user: { user: 'nobody-we-know' },
      database: { database: 'no_such_database' },
      port: { port: await freePort() },
      host: { host: 'no-such-postgres.invalid' },
    };
    for (const [name, changes] of Object.entries(cases)) {
      const database = databaseAt(changes);
      reasons[name] = await unavailable(one(database));
      await expect(database.check()).rejects.toThrow(reasons[name]);
    }
    expect(reasons).toEqual({
      password: expect.stringMatching(/^wrong password for user "app" .*DB_PASSWORD/),
      user: expect.stringMatching(/user "nobody-we-know" .*DB_USER/),
      database: expect.stringMatching(/^there is no database "no_such_database" .*DB_NAME/),
      port: expect.stringMatching(/refused the connection.*DB_PORT/),
      host: expect.stringMatching(/^the name "no-such-postgres.invalid" does not resolve \(DB_HOST\)/),
    });
    expect(Object.values(reasons).join('')).not.toMatch(/\n|wrong"/);
  });

  test('with a mistake of ours in the query is no outage', async () => {
    const call = databaseAt().run((sql) => sql`select * from no_such_table`);
    await expect(call).rejects.toMatchObject({ code: '42P01' });
    const undefinedValue = databaseAt().run((sql) => sql`select ${undefined as never}`);
    await expect(undefinedValue).rejects.not.toBeInstanceOf(DatabaseUnavailableError);
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
      const late = database.run((sql) => sql`select pg_sleep(0.3)`, { deadline: performance.now() + 50 });
      await expect(late).rejects.toBeInstanceOf(UnavailableError);
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
    await expect(call).rejects.toThrow('no time was left');
    expect(asked.count).toBe(0);
  });

  test('behind a network that swallows everything is given up in time, and answers when it is back', async () => {
    const network = await networkTo(server.port);
    const database = databaseAt({ port: network.port, queryTimeoutMs: 400 });
    await one(database);
    network.swallows = true;
    for (let round = 0; round < 3; round += 1) {
      await expect(unavailable(one(database))).resolves.toContain('does not answer in time');
    }
    network.swallows = false;
    // TCP alone would need minutes; the connections are new ones.
    await answered(database);
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

  test('that is slow to let us in is not asked again and again meanwhile, and what was begun is used', async () => {
    const network = await networkTo(server.port);
    const database = databaseAt({ port: network.port });
    const thaw = await server.freeze();
    try {
      for (let asked = 0; asked < 4; asked += 1)
        await expect(unavailable(database.check())).resolves.toContain('does not answer in time');
      await expect(unavailable(one(database))).resolves.toContain('does not answer in time');
    } finally {
      thaw();
    }
    await expect(one(database)).resolves.toHaveLength(1);
    // One after a second of silence, another one after two more.
    expect(network.connections).toBeLessThanOrEqual(3);
  });

  test('is found though the first log-in never gets an answer', async () => {
    const state = { connections: 0 };
    const sockets: Socket[] = [];
    const deaf = createServer((client) => {
      sockets.push(client.on('error', () => undefined));
      state.connections += 1;
      if (state.connections === 1) return;
      const onward = connect(server.port, '127.0.0.1');
      sockets.push(onward);
      client.pipe(onward).pipe(client);
    });
    await new Promise<void>((done) => deaf.listen(0, '127.0.0.1', done));
    const address = deaf.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    cleanups.push(() => {
      deaf.close();
      for (const socket of sockets) socket.destroy();
    });
    const database = databaseAt({ port });
    await expect(
      database.run((sql) => sql`select 1`, { deadline: performance.now() + 10_000 }),
    ).resolves.toHaveLength(1);
  });

  test('whose connections are all busy says so, and nobody’s statement is sent too late', async () => {
    const database = databaseAt({ poolMax: 1 });
    await one(database);
    const busy = database.run((sql) => sql`select pg_sleep(0.5)`);
    const asked = { count: 0 };
    const late = await unavailability(
      database.run(
        (sql) => {
          asked.count += 1;
          return sql`select 1`;
        },
        { deadline: performance.now() + 200 },
      ),
    );
    expect(late).toMatchObject({ code: 'BUSY', mayHaveHappened: false });
    expect(late.message).toContain('connections of this process to');
    await busy;
    await one(database);
    expect(asked.count).toBe(0);
  });

  test('tells whether the statement may have happened', async () => {
    const nobodyThere = databaseAt({ port: await freePort(), queryTimeoutMs: 300 });
    await expect(unavailability(one(nobodyThere))).resolves.toMatchObject({ mayHaveHappened: false });
    const database = databaseAt({ queryTimeoutMs: 500 });
    const refused = database.run((sql) => sql`select pg_sleep(5)`);
    await expect(unavailability(refused)).resolves.toMatchObject({ code: '57014', mayHaveHappened: false });
    const network = await networkTo(server.port);
    const behind = databaseAt({ port: network.port });
    await one(behind);
    const cut = behind.run((sql) => sql`select pg_sleep(0.5)`, { once: () => true });
    void pause(100).then(() => network.refuse());
    await expect(unavailability(cut)).resolves.toMatchObject({ mayHaveHappened: true });
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
        { once: () => once },
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
      const call = database.run((sql) => sql`select 1 as one`, { once: () => true });
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
    await expect(one(database)).resolves.toEqual([{ one: 1 }]);
  });
});
