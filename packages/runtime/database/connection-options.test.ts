import { describe, expect, test } from '@jest/globals';
import postgres from 'postgres';
import { NetworkFixture } from '../testing/network-fixture.js';
import { PostgresFixture } from '../testing/postgres-fixture.js';
import { connectionOptions } from './connection-options.js';

describe('a client that logs in again by itself', () => {
  test('is heard although no connection could be opened before', async () => {
    const server = await PostgresFixture.start();
    let attempts = 0;
    const turn = (): Promise<void> => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new Error('not now')) : Promise.resolve();
    };
    const sql = postgres(connectionOptions(server.access, turn));
    await expect(sql`select 1`).rejects.toThrow('not now');
    await expect(sql`select 1 as one`).resolves.toEqual([{ one: 1 }]);
    await sql.end();
    await server.remove();
  });
});

describe('a connection that breaks', () => {
  test('fails what is begun while it does, such as the rollback of what has failed', async () => {
    const server = await PostgresFixture.start();
    const network = await NetworkFixture.to(server.port);
    const sql = postgres(
      connectionOptions({ ...server.access, port: network.port }, () => Promise.resolve()),
    );
    await sql`select 1`;
    const sleep = sql`select pg_sleep(60)`.execute();
    setTimeout(() => {
      network.reset();
    }, 50);
    const rollback = sleep.catch(() => sql`rollback`);
    await expect(rollback).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await sql.end({ timeout: 0 });
    network.close();
    await server.remove();
  }, 20_000);
});
