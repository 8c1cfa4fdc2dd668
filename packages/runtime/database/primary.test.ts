import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createLog } from '../log.js';
import { NetworkFixture } from '../testing/network-fixture.js';
import { PostgresFixture } from '../testing/postgres-fixture.js';
import { Database } from './database.js';

describe('a primary that is another one now', () => {
  let former: PostgresFixture;
  let next: PostgresFixture;
  const cleanups: (() => unknown)[] = [];
  const databaseAt = (port: number): Database => {
    const settings = { ...former.access, port, poolMax: 4, queryTimeoutMs: 3000, applicationName: 'till' };
    const database = new Database(settings, createLog('till', '1', 'silent'));
    cleanups.push(() => database.close());
    return database;
  };
  /** @returns how often it was tried */
  const add = async (database: Database): Promise<number> => {
    const tried = { times: 0 };
    await database.run(
      (sql) => {
        tried.times += 1;
        return sql`insert into cups default values`;
      },
      { once: () => true },
    );
    return tried.times;
  };
  const networkTo = async (port: number): Promise<NetworkFixture> => {
    const network = await NetworkFixture.to(port);
    cleanups.push(() => {
      network.close();
    });
    return network;
  };
  const portsOfFour = async (database: Database): Promise<readonly unknown[]> => {
    const ports = Array.from({ length: 4 }, () =>
      database.run((sql) => sql`select inet_server_port() as port, pg_sleep(0.1)`),
    );
    return (await Promise.all(ports)).map(([row]) => row?.['port'] as unknown);
  };

  beforeAll(async () => {
    [former, next] = await Promise.all([PostgresFixture.start(), PostgresFixture.start()]);
    for (const server of [former, next]) {
      const sql = server.client();
      await sql`create table cups (id bigint generated always as identity)`;
      await sql.end();
    }
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
    await former.execute('alter system reset default_transaction_read_only');
    await former.execute('select pg_reload_conf()');
  });
  afterAll(async () => {
    await Promise.all([former.remove(), next.remove()]);
  });
  /** Connections stay, and what is changed over them is refused. */
  const demote = async (database: Database): Promise<void> => {
    await former.execute('alter system set default_transaction_read_only = on');
    await former.execute('select pg_reload_conf()');
    // A session reads the new setting some time after the reload, each for itself.
    const setting = (): Promise<string> =>
      database
        .run(
          (sql) => sql<{ value: string }[]>`
          select current_setting('default_transaction_read_only') as value, pg_sleep(0.05)`,
        )
        .then(([row]) => row?.value ?? 'off');
    while ((await Promise.all(Array.from({ length: 4 }, setting))).includes('off'));
  };

  test('is found by a change that the former one refuses, which is made there once; and by everybody else', async () => {
    const network = await networkTo(former.port);
    const database = databaseAt(network.port);
    expect(await portsOfFour(database)).toEqual(Array(4).fill(former.port));
    await demote(database);
    network.target = next.port;
    // The other three are not tried, one after the other.
    expect(await add(database)).toBe(2);
    expect(await portsOfFour(database)).toEqual(Array(4).fill(next.port));
    const sql = next.client();
    await expect(sql`select count(*)::int from cups`).resolves.toEqual([{ count: 1 }]);
    await sql.end();
  });

  test('is waited for while only the former one is there, which says so to the readiness check', async () => {
    const network = await networkTo(former.port);
    const database = databaseAt(network.port);
    await add(database);
    await demote(database);
    const change = add(database);
    await pause(1100);
    await expect(database.check()).rejects.toThrow(/takes no changes: it is a standby, .*\(DB_HOST\)$/);
    await former.execute('alter system reset default_transaction_read_only');
    await former.execute('select pg_reload_conf()');
    // Nothing was tried where it was known to be refused.
    expect(await change).toBe(2);
  });

  test('is waited for while a standby is promoted', async () => {
    await former.stop();
    await writeFile(join(former.dataDirectory, 'standby.signal'), '');
    await former.startAgain();
    const database = databaseAt(former.port);
    const change = add(database);
    await expect(database.check()).rejects.toThrow('takes no changes: it is a standby');
    await former.execute('select pg_promote()');
    await change;
  });

  test('is waited for while no standby is there to confirm a change', async () => {
    await former.execute(`alter system set synchronous_standby_names = 'ANY 1 (other)'`);
    await former.execute('select pg_reload_conf()');
    const database = databaseAt(former.port);
    const tried = add(database);
    // Not an answer that never comes, after which nobody would know whether it was done.
    await expect(database.check()).rejects.toThrow('has no standby just now that confirms changes');
    await former.execute('alter system reset synchronous_standby_names');
    await former.execute('select pg_reload_conf()');
    expect(await tried).toBe(1);
  });
});
