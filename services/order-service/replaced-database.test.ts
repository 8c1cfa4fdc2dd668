import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EventStreamFixture, PostgresFixture, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import type { Sql } from 'postgres';
import { order as orderSchema } from './order.js';
import { orderServer } from './order-service.js';
import {
  migrateAsReleased,
  type ReleasedMigration,
  releasedMigrations,
} from './released-migrations-fixture.js';

const ORDER = { customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] };

describe('a database that is another one under running pods', () => {
  let server: PostgresFixture;
  let pods: readonly ServiceFixture[];
  /** Those of this version, and those that an older dump has. */
  let all: readonly ReleasedMigration[];
  let older: readonly ReleasedMigration[];
  /** Statuses of the orders of guests who never give up. */
  let answers: Set<number>;
  let guests: { readonly leave: () => Promise<void> };

  const pod = (index: number): ServiceFixture => {
    const found = pods[index];
    if (!found) throw new Error('there are two pods');
    return found;
  };
  const place = (index: number, key?: string) =>
    pod(index).send('POST', '/orders', {
      body: ORDER,
      ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }),
    });
  /** An order that is there when this resolves. @returns its number */
  const placed = async (index = 0, key?: string): Promise<string> => {
    for (;;) {
      const answer = await place(index, key);
      if (answer.status !== 503) expect(answer.status).toBe(201);
      if (answer.status === 201) return orderSchema.parse(answer.body).order_number;
      await pause(20);
    }
  };
  const database = async <Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> => {
    const sql = server.client();
    try {
      return await work(sql);
    } finally {
      await sql.end();
    }
  };
  /** Files and rows of a dump, into an empty schema. */
  const restore = async (sql: Sql, files: readonly ReleasedMigration[]): Promise<void> => {
    await migrateAsReleased(sql, files);
    await sql`insert into orders (order_number, customer_name, items, total_cents) values ('OLDONE', 'Ada', '[]', 1)`;
    await sql`insert into order_events (order_id, status, at) select id, status, created_at from orders`;
    await sql`select publish_order_events()`;
  };
  const names = (): Promise<readonly string[]> =>
    database(async (sql) => {
      const rows = await sql<{ name: string }[]>`select name from schema_migrations order by name`;
      return rows.map(({ name }) => name);
    });

  beforeAll(async () => {
    server = await PostgresFixture.start();
    all = await releasedMigrations(new URL('./migrations/', import.meta.url));
    older = all.slice(0, 2);
  });
  beforeEach(async () => {
    pods = await Promise.all([0, 1].map(() => ServiceFixture.start(orderServer, server.environment)));
    await Promise.all(pods.map((each) => each.readyz(200)));
    answers = new Set();
    const leaving = new AbortController();
    const going = [0, 1].map(async (index) => {
      while (!leaving.signal.aborted) {
        answers.add((await place(index)).status);
        answers.add((await pod(index).send('GET', '/orders')).status);
        await pause(10);
      }
    });
    guests = {
      leave: async () => {
        leaving.abort();
        await Promise.all(going);
      },
    };
  });
  afterEach(async () => {
    await guests.leave();
    await Promise.all(pods.map((each) => each.drain()));
    await database((sql) => sql`drop owned by current_user`);
  });
  afterAll(async () => {
    await server.remove();
  });

  /** What may be answered meanwhile: an order, a list, or that it should be tried again. */
  const expectNoMistakes = async (): Promise<void> => {
    await guests.leave();
    expect([...answers].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
  };

  const REPLACEMENTS: readonly { readonly name: string; readonly begin: () => Promise<unknown> }[] = [
    {
      name: 'dropped and made anew, empty',
      async begin() {
        const { database: name, user } = server.access;
        await server.execute(`drop database ${name} with (force)`);
        await server.execute(`create database ${name} owner ${user}`);
      },
    },
    {
      name: 'emptied while the sessions stay',
      begin: () => database((sql) => sql`drop owned by current_user`),
    },
    {
      name: 'made older in one transaction, while the sessions stay',
      begin: () =>
        database(async (sql) => {
          await sql`create schema dump`;
          await sql`set search_path = dump`;
          await restore(sql, older);
          await sql.begin(async (transaction) => {
            await transaction`drop schema public cascade`;
            await transaction`alter schema dump rename to public`;
            await transaction`alter schema public owner to pg_database_owner`;
          });
        }),
    },
  ];

  test.each(REPLACEMENTS)('$name: orders go on by themselves', async ({ begin }) => {
    const lost = await placed();
    await begin();
    // Of the old one nothing is there, at either pod.
    for (const index of [0, 1]) {
      while ((await pod(index).send('GET', `/orders/${lost}`)).status !== 404) await pause(20);
      const kept = await placed(index);
      await expect(pod(1 - index).send('GET', `/orders/${kept}`)).resolves.toMatchObject({ status: 200 });
    }
    await expect(names()).resolves.toEqual(all.map(({ name }) => name));
    await expectNoMistakes();
  });

  test('the keys of the lost time are free again, and its numbers are not given to other events', async () => {
    const lost = await placed(0, 'key-of-the-lost-time');
    const stream = new EventStreamFixture(() => `${pod(0).url}/orders/events`);
    await stream.until((events) => events.length > 0);
    while (stream.of('order').length === 0) await placed();
    const shown = Math.max(...stream.events.map(({ id }) => id ?? 0));
    const resyncs = stream.of('resync').length;
    await REPLACEMENTS[1]?.begin();
    await stream.until(() => stream.of('resync').length > resyncs);
    const again = await placed(1, 'key-of-the-lost-time');
    expect(again).not.toBe(lost);
    const eventOf = (orderNumber: string) =>
      stream.of('order').find(({ data }) => data.includes(orderNumber));
    await stream.until(() => eventOf(again) !== undefined);
    await stream.close();
    expect(eventOf(again)?.id).toBeGreaterThan(shown);
    await expectNoMistakes();
  });

  test('with a history of somebody else it is refused in one line, and taken again when it is back', async () => {
    const foreign = (checksum: string) =>
      database(
        (sql) =>
          sql`update schema_migrations set checksum = ${checksum} where name = '0002_order_events.sql'`,
      );
    await foreign('of somebody else');
    const { text } = await pod(0).readyz(503);
    expect(text).toMatch(
      /"reason":"database \\"app\\" at [^ ]+ (?:is another one than before|cannot be used as it is): the migration 0002_order_events.sql was edited after/,
    );
    expect((await place(1)).status).toBe(503);
    await foreign(all[1]?.checksum ?? '');
    await placed(0);
    await placed(1);
    await expectNoMistakes();
  });
});
