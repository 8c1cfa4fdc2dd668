import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { type Answer, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { order as orderSchema, type Order } from './order.js';
import { orderServer } from './order-service.js';
import { z } from 'zod';

const espressos = {
  customer_name: 'Ada',
  items: [{ id: 1, name: 'Espresso', price: 3.5, quantity: 2 }],
  total_price: 7,
};

describe('order-service', () => {
  let server: PostgresFixture;
  let service: ServiceFixture;
  beforeAll(async () => {
    server = await PostgresFixture.start();
    service = await ServiceFixture.start(orderServer, server.environment);
    await service.readyz(200);
  });
  afterAll(async () => {
    await service.drain();
    await server.remove();
  });

  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    service.send('POST', '/orders', { body, headers });
  const place = async (): Promise<Order> => orderSchema.parse((await post(espressos)).body);
  const put = (order: Order, status: string): Promise<Answer> =>
    service.send('PUT', `/orders/${order.order_number}`, { body: { status } });
  const list = async (query = ''): Promise<Order[]> =>
    z.array(orderSchema).parse((await service.send('GET', `/orders${query}`)).body);

  describe('an order', () => {
    test('is stored and answered as clients know it', async () => {
      const answer = await post(espressos);
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        id: expect.any(Number),
        order_number: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$/),
        customer_name: 'Ada',
        items: [{ id: 1, name: 'Espresso', price: 3.5, quantity: 2 }],
        total_price: 7,
        status: 'ordered',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        updated_at: expect.stringMatching(/Z$/),
      });
      const order = orderSchema.parse(answer.body);
      const found = await service.send('GET', `/orders/${order.order_number}`);
      expect(found.body).toEqual(answer.body);
      expect(await list('?limit=1')).toEqual([order]);
    });

    test('may come with a total that was added in floating point', async () => {
      const items = [{ id: 1, name: 'Espresso', price: 3.5, quantity: 3 }];
      expect((await post({ customer_name: 'Ada', items, total_price: 10.500000000000002 })).status).toBe(201);
    });

    test.each([
      ['no name', { ...espressos, customer_name: '' }, 'customer_name'],
      ['a name of spaces', { ...espressos, customer_name: '   ' }, 'customer_name'],
      ['a long name', { ...espressos, customer_name: 'x'.repeat(101) }, 'customer_name'],
      ['a name with a NUL', { ...espressos, customer_name: 'a\u0000b' }, 'customer_name'],
      ['half a character in its name', { ...espressos, customer_name: 'a\ud83d' }, 'customer_name'],
      ['a name that is shown backwards', { ...espressos, customer_name: 'Ann\u202Etac' }, 'customer_name'],
      ['a number for a name', { ...espressos, customer_name: 7 }, 'customer_name'],
      ['no items', { ...espressos, items: [] }, 'items'],
      ['items that are no array', { ...espressos, items: {} }, 'items'],
      ['too many items', { ...espressos, items: Array(51).fill({ id: 1, quantity: 1 }) }, 'items'],
      ['nothing of an item', { ...espressos, items: [{ id: 1, quantity: 0 }] }, 'items.0.quantity'],
      ['half an item', { ...espressos, items: [{ id: 1, quantity: 0.5 }] }, 'items.0.quantity'],
      ['a hundred of an item', { ...espressos, items: [{ id: 1, quantity: 100 }] }, 'items.0.quantity'],
      ['an item that is not on the menu', { ...espressos, items: [{ id: 99, quantity: 1 }] }, 'items.0.id'],
      ['another price', { ...espressos, items: [{ id: 1, price: 0.01, quantity: 2 }] }, 'items.0.price'],
      ['another total', { ...espressos, total_price: 6.99 }, 'total_price'],
    ])('with %s is refused, and the field is named', async (_, body, path) => {
      const before = await list('?limit=1');
      const answer = await post(body);
      expect(answer.status).toBe(422);
      expect(answer.problem.errors).toEqual([{ path, message: expect.any(String) }]);
      expect(await list('?limit=1')).toEqual(before);
    });

    test('at another price is refused with the item’s name', async () => {
      const items = [{ id: 1, name: 'Espresso', price: 0.01, quantity: 2 }];
      const { problem } = await post({ ...espressos, items, total_price: 0.02 });
      expect(problem.error).toContain('Espresso costs 3.5, not 0.01');
    });

    test('that nobody placed is a 404, whatever its number looks like', async () => {
      for (const number of [
        'ZZZ-ZZZ',
        '%00',
        '%E0%A4%A',
        '..%2F..',
        "'; drop table orders;--",
        'x'.repeat(300),
      ]) {
        expect((await service.send('GET', `/orders/${number}`)).status).toBe(404);
      }
    });
  });

  describe('a list', () => {
    test('is newest first, and can be limited and filtered', async () => {
      const [first, second, third] = [await place(), await place(), await place()];
      await put(second, 'preparing');
      const numbers = (orders: readonly Order[]) => orders.map(({ order_number }) => order_number);
      expect(numbers(await list('?limit=3'))).toEqual(numbers([third, second, first]));
      expect(numbers(await list('?status=preparing&limit=1'))).toEqual([second.order_number]);
      expect(numbers(await list('?status=ordered,preparing&limit=2'))).toEqual(numbers([third, second]));
      expect(numbers(await list('?status=ordered,preparing&after=0&limit=1000')).slice(-2)).toEqual(
        numbers([second, third]),
      );
      expect(await list('?status=served&limit=1')).toEqual([]);
    });

    test.each([
      '?status=eaten',
      '?status=',
      '?status=ordered&status=ready',
      '?limit=0',
      '?limit=1001',
      '?limit=all',
    ])('%s is refused', async (query) => {
      expect((await service.send('GET', `/orders${query}`)).status).toBe(422);
    });
  });

  describe('a status', () => {
    test('moves one step at a time, and the same step again changes nothing', async () => {
      const order = await place();
      for (const status of ['preparing', 'ready', 'served']) {
        const moved = await put(order, status);
        expect([moved.status, moved.body]).toEqual([200, expect.objectContaining({ status })]);
        const again = await put(order, status);
        expect([again.status, again.body]).toEqual([200, moved.body]);
      }
    });

    test.each([
      ['skips', ['ready'], 'ordered', 'only "preparing" or "cancelled" follows'],
      ['skips far', ['served'], 'ordered', 'only "preparing" or "cancelled" follows'],
      ['goes back', ['preparing', 'ordered'], 'preparing', 'only "ready" follows'],
      ['cancels what was begun', ['preparing', 'cancelled'], 'preparing', 'only "ready" follows'],
      ['begins what was cancelled', ['cancelled', 'preparing'], 'cancelled', 'nothing follows'],
    ])('that %s is a 409 that says what is and what may follow', async (_, steps, current, next) => {
      const order = await place();
      let answer: Answer | undefined;
      for (const status of steps) answer = await put(order, status);
      expect(answer?.status).toBe(409);
      expect(answer?.problem).toMatchObject({ current_status: current });
      expect(answer?.problem.error).toContain(next);
    });

    test('that does not exist is refused, and so is one for no order', async () => {
      const order = await place();
      expect((await put(order, 'eaten')).status).toBe(422);
      expect((await put({ ...order, order_number: 'ZZZ-ZZZ' }, 'ready')).status).toBe(404);
    });

    test('that twenty cooks set at once is set once', async () => {
      const order = await place();
      const answers = await Promise.all(Array.from({ length: 20 }, () => put(order, 'preparing')));
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    });
  });

  describe('a key', () => {
    test('makes one order of twenty requests at once, and all get the same answer', async () => {
      const before = (await list('?limit=1000')).length;
      const key = { 'idempotency-key': 'twenty' };
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(espressos, key)));
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(answers[0]?.status).toBe(201);
      expect(await list('?limit=1000')).toHaveLength(before + 1);
    });

    test('gives the first answer, whatever became of the order', async () => {
      const key = { 'idempotency-key': 'later' };
      const first = await post(espressos, key);
      await put(orderSchema.parse(first.body), 'preparing');
      expect((await post(espressos, key)).text).toBe(first.text);
    });

    test('is for one order', async () => {
      const key = { 'idempotency-key': 'one' };
      await post(espressos, key);
      const answer = await post({ ...espressos, customer_name: 'Bob' }, key);
      expect(answer.status).toBe(422);
      expect(answer.problem.error).toContain('Idempotency-Key');
    });

    test('of an order that was refused is free again', async () => {
      const key = { 'idempotency-key': 'again' };
      expect((await post({ ...espressos, total_price: 1 }, key)).status).toBe(422);
      expect((await post(espressos, key)).status).toBe(201);
    });

    test.each([['two words'], ['x'.repeat(256)]])('that cannot be one is refused', async (key) => {
      expect((await post(espressos, { 'idempotency-key': key })).status).toBe(400);
    });

    test('whose first request is not over is a 409 that says when to come back', async () => {
      const sql = server.client();
      const answer = await sql.begin(async (transaction) => {
        await transaction`
          insert into orders (order_number, customer_name, items, total_cents, idempotency_key, fingerprint)
          values ('SLO-W00', 'Ada', '[]', 1, 'slow', 'x')`;
        return post(espressos, { 'idempotency-key': 'slow' });
      });
      await sql.end();
      expect(answer.status).toBe(409);
      expect(answer.headers.get('retry-after')).toBe('1');
    });
  });

  describe('a request whose sender says how long it waits', () => {
    test.each([
      ['POST', '/orders', espressos],
      ['GET', '/orders', undefined],
      ['GET', '/orders/counts', undefined],
      ['GET', '/orders/ZZZ-ZZZ', undefined],
      ['PUT', '/orders/ZZZ-ZZZ', { status: 'ready' }],
    ])('is answered by then, before one whose sender says nothing: %s %s', async (method, path, body) => {
      const sql = server.client();
      await sql.begin(async (transaction) => {
        await transaction`lock table orders in access exclusive mode`;
        let waits = true;
        const other = service.send(method, path, { body }).finally(() => (waits = false));
        const answer = await service.send(method, path, { body, headers: { 'x-request-timeout-ms': '150' } });
        expect(waits).toBe(true);
        void other;
        expect(answer.status).toBe(503);
        expect(answer.headers.get('retry-after')).toBe('1');
      });
      await sql.end();
    });
  });
});
