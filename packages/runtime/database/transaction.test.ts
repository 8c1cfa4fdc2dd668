import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { PostgresFixture } from '../testing/postgres-fixture.js';
import { logIn } from './log-in.js';
import { inTransaction } from './transaction.js';

describe('a transaction', () => {
  let server: PostgresFixture;
  let sql: Sql;
  const endSessions = (): Promise<void> =>
    server.execute(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'till'`);
  const count = async (): Promise<unknown> => {
    const client = server.client();
    const [row] = await client`select count(*)::int as count from cups`;
    await client.end();
    return row?.['count'];
  };

  beforeAll(async () => {
    server = await PostgresFixture.start();
    await server.execute('grant all on schema public to app');
  });
  afterAll(() => server.remove());
  beforeEach(async () => {
    sql = await logIn(server.access, { parameters: { application_name: 'till' } });
    await sql`drop table if exists cups`;
    await sql`create table cups (id int primary key)`;
  });
  // An end without a time waits for ever after the connection has ended by itself.
  afterEach(() => sql.end({ timeout: 0 }));

  test('is all of it', async () => {
    await expect(
      inTransaction(sql, (own) => own`insert into cups values (1), (2) returning id`),
    ).resolves.toEqual([{ id: 1 }, { id: 2 }]);
    expect(await count()).toBe(2);
  });

  test('or nothing, whether the work fails or a statement in it', async () => {
    const closed = new Error('we are closed');
    const work = async (own: Sql): Promise<never> => {
      await own`insert into cups values (1)`;
      throw closed;
    };
    await expect(inTransaction(sql, work)).rejects.toBe(closed);
    const twice = async (own: Sql): Promise<void> => {
      await own`insert into cups values (1)`;
      await own`insert into cups values (1)`;
    };
    await expect(inTransaction(sql, twice)).rejects.toMatchObject({ code: '23505' });
    // A mistake that nobody looked at is no success.
    const deaf = (own: Sql): Promise<unknown> => twice(own).catch(() => undefined);
    await expect(inTransaction(sql, deaf)).rejects.toThrow('rolled back');
    expect(await count()).toBe(0);
    // The connection is as good as before.
    await inTransaction(sql, (own) => own`insert into cups values (1)`);
    expect(await count()).toBe(1);
  });

  test.each(['as the server closes it', 'later'])(
    'fails when its connection ends between two statements, and the next one comes %s',
    async (when) => {
      const work = async (own: Sql): Promise<void> => {
        await own`insert into cups values (1)`;
        await endSessions();
        if (when === 'later') await new Promise((done) => setTimeout(done, 100));
        await own`insert into cups values (2)`;
      };
      await expect(inTransaction(sql, work)).rejects.toMatchObject({
        code: expect.stringMatching(/^(57P01|CONNECTION_CLOSED|ECONNRESET|EPIPE)$/) as unknown,
      });
      expect(await count()).toBe(0);
    },
  );
});
