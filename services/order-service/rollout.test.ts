import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { PostgresFixture, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { order as orderSchema, type Order } from './order.js';
import { orderServer } from './order-service.js';
import { migrateAsReleased, releasedMigrations } from './released-migrations-fixture.js';
import { type ReleasedOrder, ReleasedOrders } from './released-orders-fixture.js';

/** What release 1.0.0 has. */
const RELEASED = ['0001_orders.sql', '0002_order_events.sql'];

const body = { customer_name: 'Ada', items: [{ id: 1, name: 'Espresso', price: 3.5, quantity: 2 }] };
/** Of that order, as release 1.0.0 makes it: a click that is repeated at a newer pod must be the same order there. */
const FINGERPRINT = '09fb49f8c2b383c21ff6b54721101b44d77a50639b741382c35d6a97795fd662';
const order = (order_number: string, idempotency_key: string): ReleasedOrder => ({
  ...body,
  order_number,
  idempotency_key,
  total_cents: 700,
  fingerprint: FINGERPRINT,
});

describe('a pod of release 1.0.0, beside one of this version that has migrated the database', () => {
  let server: PostgresFixture;
  let sql: Sql;
  let older: ReleasedOrders;
  let newer: ServiceFixture;
  let migrations: number;
  beforeAll(async () => {
    server = await PostgresFixture.start();
    sql = server.client();
    const all = await releasedMigrations(new URL('./migrations/', import.meta.url));
    migrations = all.length;
    await migrateAsReleased(
      sql,
      all.filter(({ name }) => RELEASED.includes(name)),
    );
    older = new ReleasedOrders(sql);
    // It has prepared each of its statements when the tables change under it.
    await older.place([order('AAA-AAA', 'before')]);
    await asksEverything();
    newer = await ServiceFixture.start(orderServer, server.environment);
    await newer.readyz(200);
  });
  afterAll(async () => {
    await newer.drain();
    await sql.end();
    await server.remove();
  });

  /** Every statement of it once, without a change. */
  const asksEverything = async (): Promise<void> => {
    await older.find('AAA-AAA');
    await older.placedBefore('before');
    await older.open();
    await older.count();
    await older.advance('AAA-AAA', 'served', 'ready');
    await older.publish();
    await older.eventsAfter(0);
    await older.deleteOlderThan(30);
  };
  const place = async (key: string): Promise<Order> => {
    const answer = await newer.send('POST', '/orders', { body, headers: { 'idempotency-key': key } });
    return orderSchema.parse(answer.body);
  };
  const put = async (orderNumber: string, status: string): Promise<number> =>
    (await newer.send('PUT', `/orders/${orderNumber}`, { body: { status } })).status;

  test('goes on over the connections that it had', async () => {
    const [applied] = await sql`select count(*)::int from schema_migrations`;
    expect(applied).toEqual({ count: migrations });
    await asksEverything();
    await expect(older.find('AAA-AAA')).resolves.toMatchObject({ status: 'ordered' });
  });

  test('stores orders that the newer one cooks, and cooks those of the newer one', async () => {
    await expect(older.place([order('BBB-BBB', 'older')])).resolves.toEqual(['BBB-BBB']);
    await expect(put('BBB-BBB', 'preparing')).resolves.toBe(200);
    const { order_number: number } = await place('newer');
    await expect(older.advance(number, 'ordered', 'preparing')).resolves.toMatchObject({
      status: 'preparing',
    });
    await expect(older.open()).resolves.toEqual(
      expect.arrayContaining(
        ['BBB-BBB', number].map((order_number) =>
          expect.objectContaining({ order_number, status: 'preparing' }),
        ),
      ),
    );
    await older.publish();
    await expect(older.eventsAfter(0)).resolves.toEqual(
      expect.arrayContaining([expect.objectContaining({ order_number: number, event_status: 'preparing' })]),
    );
  });

  test('and the newer one know a click again that the other one has answered', async () => {
    await older.place([order('CCC-CCC', 'clicked-at-the-older')]);
    await expect(place('clicked-at-the-older')).resolves.toMatchObject({ order_number: 'CCC-CCC' });
    const { order_number: number } = await place('clicked-at-the-newer');
    await expect(older.place([order('DDD-DDD', 'clicked-at-the-newer')])).resolves.toEqual([]);
    await expect(older.placedBefore('clicked-at-the-newer')).resolves.toMatchObject({
      order_number: number,
      fingerprint: FINGERPRINT,
    });
  });

  test('goes on while the newer one counts guesses, of which it knows nothing', async () => {
    const guess = { client: 'g'.repeat(43), delaysMs: [0], patienceMs: 0 };
    expect((await newer.send('POST', '/guesses', { body: guess })).body).toEqual({ wrong: 1, waitMs: 0 });
    await asksEverything();
  });

  test('takes an order that was cancelled for one that nothing can be done with', async () => {
    await older.place([order('EEE-EEE', 'cancelled')]);
    await expect(put('EEE-EEE', 'cancelled')).resolves.toBe(200);
    await expect(older.advance('EEE-EEE', 'ordered', 'preparing')).resolves.toBeUndefined();
    await expect(older.find('EEE-EEE')).resolves.toMatchObject({ status: 'cancelled' });
    const open = await older.open();
    expect(open.map(({ order_number }) => order_number)).not.toContain('EEE-EEE');
    await expect(older.count()).resolves.toMatchObject({ cancelled: 1, served: 0 });
    await expect(older.deleteOlderThan(0)).resolves.toBe(0);
  });
});
