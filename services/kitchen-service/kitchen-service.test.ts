import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { order as orderSchema, type Order } from '../order-service/order.js';
import { orderServer } from '../order-service/order-service.js';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { kitchenServer } from './kitchen-service.js';

describe('kitchen-service', () => {
  let server: PostgresFixture;
  let orders: ServiceFixture;
  let kitchen: ServiceFixture;
  beforeAll(async () => {
    server = await PostgresFixture.start();
    orders = await ServiceFixture.start(orderServer, server.environment);
    kitchen = await ServiceFixture.start(kitchenServer, { ORDER_SERVICE_URL: orders.url });
    await orders.readyz(200);
  });
  afterAll(async () => {
    await kitchen.drain();
    await orders.drain();
    await server.remove();
  });

  const place = async (name: string): Promise<Order> => {
    const body = { customer_name: name, items: [{ id: 1, quantity: 1 }] };
    return orderSchema.parse((await orders.send('POST', '/orders', { body })).body);
  };
  const step = (method: string, { order_number }: Order, word: string) =>
    kitchen.send(method, `/kitchen/orders/${order_number}/${word}`);
  const namesAt = async (path: string): Promise<string[]> =>
    z
      .array(orderSchema)
      .parse((await kitchen.send('GET', path)).body)
      .map(({ customer_name }) => customer_name);

  test('shows what is to do, the oldest first, and what can be fetched; and counts', async () => {
    const [ada, bob, cleo, dan] = [
      await place('Ada'),
      await place('Bob'),
      await place('Cleo'),
      await place('Dan'),
    ];
    // The words of the first system, and the later ones.
    for (const [method, word] of [
      ['PUT', 'prepare'],
      ['PUT', 'ready'],
      ['PUT', 'serve'],
    ] as const) {
      expect((await step(method, ada, word)).status).toBe(200);
    }
    for (const [method, word] of [
      ['POST', 'start'],
      ['POST', 'ready'],
      ['POST', 'serve'],
    ] as const) {
      expect((await step(method, bob, word)).status).toBe(200);
    }
    await step('POST', cleo, 'start');
    const ready = await step('POST', cleo, 'ready');
    expect(ready.body).toMatchObject({ order_number: cleo.order_number, status: 'ready' });
    const eve = await place('Eve');
    const fay = await place('Fay');
    expect((await step('POST', fay, 'cancel')).body).toMatchObject({ status: 'cancelled' });
    // The same again changes nothing; what was begun is not taken back, and what was cancelled is not begun.
    expect((await step('PUT', fay, 'cancel')).status).toBe(200);
    expect((await step('PUT', cleo, 'cancel')).problem.error).toContain('only "served" follows');
    expect((await step('PUT', fay, 'prepare')).problem.error).toContain('nothing follows');
    await step('POST', dan, 'start');

    expect(await namesAt('/kitchen/orders')).toEqual(['Cleo', 'Dan', 'Eve']);
    expect(await namesAt('/display/orders')).toEqual(['Cleo', 'Dan']);
    expect((await kitchen.send('GET', '/kitchen/stats')).body).toEqual({
      ordered: 1,
      preparing: 1,
      ready: 1,
      served: 2,
      cancelled: 1,
      total: 6,
    });

    // A doubled click changes nothing; a step out of order is refused with order-service's own words.
    expect((await step('POST', cleo, 'ready')).body).toEqual(ready.body);
    const skipped = await step('POST', eve, 'serve');
    expect(skipped.status).toBe(409);
    expect(skipped.headers.get('content-type')).toBe('application/problem+json');
    expect(skipped.problem.error).toContain('only "preparing" or "cancelled" follows');
  });

  test('knows no order that is none, and no other step', async () => {
    for (const number of ['ZZZ-ZZZ', '%00', '%E0%A4%A', '..%2F..']) {
      expect((await kitchen.send('POST', `/kitchen/orders/${number}/start`)).status).toBe(404);
    }
    expect((await kitchen.send('POST', '/kitchen/orders/ZZZ-ZZZ/eat')).status).toBe(404);
    expect((await kitchen.send('DELETE', '/kitchen/orders')).status).toBe(405);
  });

  test('shows those that wait longest, however many come after them', async () => {
    const first = await place('First of very many');
    const sql = server.client();
    await sql`
      insert into orders (order_number, customer_name, items, total_cents)
      select 'CL' || number, 'Later', '[]', 1 from generate_series(1, 1000) as number`;
    const shown = z.array(orderSchema).parse((await kitchen.send('GET', '/kitchen/orders')).body);
    expect(shown).toHaveLength(1000);
    expect(shown.map(({ order_number }) => order_number)).toContain(first.order_number);
    expect(shown.map(({ id }) => id)).toEqual(
      shown.map(({ id }) => id).toSorted((one, other) => one - other),
    );
    await sql`delete from orders where customer_name = 'Later'`;
    await sql.end();
  });

  test('without order-service: a quick 503 that names it, and still ready', async () => {
    const alone = await ServiceFixture.start(kitchenServer, { ORDER_SERVICE_URL: 'http://127.0.0.1:9' });
    for (const path of ['/kitchen/orders', '/display/orders', '/kitchen/stats']) {
      const answer = await alone.send('GET', path);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.problem.error).toContain('order-service does not answer');
    }
    const health = await alone.readyz(200);
    expect(health.body).toMatchObject({ dependencies: { 'order-service': { ok: false } } });
    const gauge = 'dependency_up{from="kitchen-service",to="order-service"}';
    await expect(alone.metric(gauge)).resolves.toBe(0);
    await expect(kitchen.metric(gauge)).resolves.toBe(1);
    await alone.drain();
  });

  test('without a database: order-service’s own 503, and still ready', async () => {
    const impatient = await ServiceFixture.start(kitchenServer, {
      ORDER_SERVICE_URL: orders.url,
      ORDER_SERVICE_TIMEOUT_MS: '1000',
    });
    await server.stop('immediate');
    const answer = await impatient.send('GET', '/kitchen/orders');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect((await impatient.operations('/readyz')).status).toBe(200);
    await server.startAgain();
    await impatient.drain();
  });
});
