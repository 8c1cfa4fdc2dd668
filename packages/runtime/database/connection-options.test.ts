import { connect, createServer, type Socket } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import postgres from 'postgres';
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

/** A way to `port` that can be reset, which a client sees as an error and, a moment later, as the end. */
async function wayTo(port: number) {
  const clients: Socket[] = [];
  const way = createServer((client) => {
    clients.push(client);
    const server = connect(port, '127.0.0.1');
    client.pipe(server).pipe(client);
    client.on('error', () => server.destroy());
    server.on('error', () => undefined);
  });
  await new Promise<void>((done) => way.listen(0, '127.0.0.1', done));
  const address = way.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    reset: () => {
      clients.forEach((client) => client.resetAndDestroy());
    },
    close: () => way.close(),
  };
}

describe('a connection that breaks', () => {
  test('fails what is begun while it does, such as the rollback of what has failed', async () => {
    const server = await PostgresFixture.start();
    const way = await wayTo(server.port);
    const sql = postgres(connectionOptions({ ...server.access, port: way.port }, () => Promise.resolve()));
    await sql`select 1`;
    const sleep = sql`select pg_sleep(60)`.execute();
    setTimeout(way.reset, 50);
    const rollback = sleep.catch(() => sql`rollback`);
    await expect(rollback).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await sql.end({ timeout: 0 });
    way.close();
    await server.remove();
  }, 20_000);
});
