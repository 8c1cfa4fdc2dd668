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
