import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Database, type DatabaseSettings } from '@cafe-lumiere/runtime/database';
import { createLog, DeadlineError } from '@cafe-lumiere/runtime';
import { LOCK_NOT_AVAILABLE, migrate } from '@cafe-lumiere/runtime/database';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { type NewOrder, OrderInserts } from './order-inserts.js';
import { drawOrderNumber } from './order-number.js';

const MIGRATIONS = new URL('./migrations/', import.meta.url);
const LOG = createLog('order-service', '1', 'silent');

describe('orders that come together', () => {
  let server: PostgresFixture;
  let database: Database;
  let inserts: OrderInserts;
  beforeAll(async () => {
    server = await PostgresFixture.start();
    database = new Database(settings(), LOG);
    const owned = { owner: 'order-service', folder: MIGRATIONS };
    await migrate(database, owned, LOG, new AbortController().signal);
    inserts = new OrderInserts(database);
  });
  afterAll(async () => {
    await database.close();
    await server.remove();
  });

  const settings = (): DatabaseSettings => ({
    ...server.access,
    poolMax: 8,
    queryTimeoutMs: 1500,
    applicationName: 'order-service',
  });
  const order = (changes: Partial<NewOrder> = {}): NewOrder => ({
    order: {
      customerName: 'Ada',
      items: [{ id: 1, name: 'Espresso', price: 3.5, quantity: 2 }],
      totalCents: 700,
    },
    orderNumber: drawOrderNumber(),
    token: randomUUID(),
    key: randomUUID(),
    fingerprint: 'x',
    deadline: undefined,
    ...changes,
  });
  const many = (count: number): NewOrder[] => Array.from({ length: count }, () => order());
  const add = (orders: readonly NewOrder[]) => Promise.allSettled(orders.map((each) => inserts.add(each)));
  const stored = { status: 'fulfilled', value: expect.objectContaining({ id: expect.any(String) }) };
  /** Of these, how many are there, each with its event, and in how many transactions they were stored. */
  const found = async (orders: readonly NewOrder[]) => {
    const rows = await database.run(
      (sql) => sql`
        select count(*)::int as orders, count(distinct orders.xmin::text)::int as transactions,
          count(distinct event.id)::int as events, count(distinct event.xmin::text)::int as event_transactions
        from orders left join order_events as event on event.order_id = orders.id
        where order_number in ${sql(orders.map(({ orderNumber }) => orderNumber))}`,
    );
    return z
      .tuple([z.record(z.enum(['orders', 'transactions', 'events', 'event_transactions']), z.number())])
      .parse([...rows])[0];
  };
  /** While another transaction does something and is not over. */
  const during = async (statement: string, work: () => Promise<void>): Promise<void> => {
    const sql = server.client();
    const over = new Error('over');
    try {
      await sql.begin(async (transaction) => {
        await transaction.unsafe(statement);
        await work();
        throw over;
      });
    } catch (error) {
      if (error !== over) throw error;
    } finally {
      await sql.end();
    }
  };
  const isStuck = (key: string): string =>
    `insert into orders (order_number, customer_name, items, total_cents, idempotency_key, fingerprint)
     values ('${drawOrderNumber()}', 'Bob', '[]', 1, '${key}', 'x')`;

  test('are one transaction, with their events', async () => {
    const orders = many(40);
    await expect(add(orders)).resolves.toEqual(orders.map(() => stored));
    await expect(found(orders)).resolves.toEqual({
      orders: 40,
      transactions: 1,
      events: 40,
      event_transactions: 1,
    });
    const rows = await database.run(
      (sql) =>
        sql`select items, customer_name from orders where order_number = ${orders[7]?.orderNumber ?? ''}`,
    );
    expect([...rows]).toEqual([
      { items: [{ id: 1, name: 'Espresso', price: 3.5, quantity: 2 }], customer_name: 'Ada' },
    ]);
  });

  test('and those that have waited for the database are one transaction, too', async () => {
    await server.stop('immediate');
    const orders = many(12).map((each) => ({ ...each, deadline: performance.now() + 60_000 }));
    const results: Promise<PromiseSettledResult<unknown>[]>[] = [];
    for (const each of orders) {
      results.push(add([each]));
      // Longer than a batch is waited for.
      await pause(60);
    }
    await server.startAgain();
    await expect(Promise.all(results)).resolves.toEqual(orders.map(() => [stored]));
    await expect(found(orders)).resolves.toMatchObject({ orders: 12, transactions: 1 });
  });

  test('with one key are one order', async () => {
    const twins = [order({ key: 'twin' }), order({ key: 'twin' }), order({ key: 'twin' })];
    const orders = [...many(3), ...twins, ...many(3)];
    const taken = { status: 'fulfilled', value: 'key is taken' };
    const results = await add(orders);
    expect(
      results.filter((result) => result.status === 'fulfilled' && result.value === 'key is taken'),
    ).toEqual([taken, taken]);
    await expect(found(orders)).resolves.toMatchObject({ orders: 7, events: 7, transactions: 1 });
    // And so is one that comes later, without harm to those beside it.
    const later = [...many(5), order({ key: 'twin' })];
    await expect(add(later)).resolves.toEqual([...Array.from({ length: 5 }, () => stored), taken]);
    await expect(found(later)).resolves.toMatchObject({ orders: 5, transactions: 1 });
  });

  test('are stored while one of them waits for a key', async () => {
    // Who waits for a lock here waits longer than this test.
    const patient = new Database({ ...settings(), queryTimeoutMs: 600_000 }, LOG);
    const patientInserts = new OrderInserts(patient);
    await during(isStuck('stuck'), async () => {
      let waits = true;
      const stuck = patientInserts.add(order({ key: 'stuck' })).finally(() => (waits = false));
      const mates = many(60);
      const results = await Promise.all(mates.map((each) => patientInserts.add(each)));
      expect(results).toEqual(mates.map(() => stored.value));
      expect(waits).toBe(true);
      void stuck;
    });
    await patient.close();
  });

  test('are stored when one of them waits for a key in vain, which alone fails', async () => {
    await during(isStuck('stuck for long'), async () => {
      const mates = many(60);
      const [stuck, ...results] = await add([order({ key: 'stuck for long' }), ...mates]);
      expect(results).toEqual(mates.map(() => stored));
      expect(stuck).toMatchObject({
        status: 'rejected',
        reason: { code: LOCK_NOT_AVAILABLE, mayHaveHappened: false },
      });
    });
  });

  test('are stored when one of them has a number that is taken', async () => {
    const [taken] = many(1);
    if (!taken) throw new Error('there is one');
    await inserts.add(taken);
    const mates = many(20);
    const results = await add([...mates, order({ orderNumber: taken.orderNumber })]);
    expect(results.slice(0, -1)).toEqual(mates.map(() => stored));
    expect(results.at(-1)).toMatchObject({ status: 'rejected', reason: { code: '23505' } });
  });

  test('are stored when PostgreSQL does not take one of them', async () => {
    const mates = many(20);
    const { order: content } = order();
    const results = await add([...mates, order({ order: { ...content, customerName: 'a\u0000b' } })]);
    expect(results.slice(0, -1)).toEqual(mates.map(() => stored));
    expect(results.at(-1)?.status).toBe('rejected');
  });

  test('do not wait for each other crosswise when two pods have the same keys', async () => {
    const other = new OrderInserts(database);
    const transactions: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const keys = Array.from({ length: 50 }, () => randomUUID());
      const here = keys.map((key) => order({ key }));
      const there = keys.toReversed().map((key) => order({ key }));
      const results = await Promise.all([
        ...here.map((each) => inserts.add(each)),
        ...there.map((each) => other.add(each)),
      ]);
      expect(results.filter((result) => result === 'key is taken')).toHaveLength(50);
      transactions.push((await found([...here, ...there])).transactions);
    }
    // One pod has stored all of them, and the other one none. Crosswise, both batches would fail: up to 50 each time.
    expect(transactions.reduce((sum, count) => sum + count)).toBeLessThan(100);
  });

  test('are not stored when nobody waits for them any more', async () => {
    const deadline = performance.now() + 20;
    const impatient = many(3).map((each) => ({ ...each, deadline }));
    const results = add(impatient);
    // A process that is busy until then: their turn comes too late.
    while (performance.now() <= deadline);
    for (const result of await results) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DeadlineError) });
    }
    // They would be there before those that come after them.
    for (const each of many(2)) await inserts.add(each);
    await expect(found(impatient)).resolves.toMatchObject({ orders: 0 });
  });

  test('end for those who give up while they are being stored', async () => {
    await during('lock table orders in access exclusive mode', async () => {
      const [result] = await add([order({ deadline: performance.now() + 20 })]);
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(DeadlineError) });
    });
  });
});
