import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { menu } from '../menu/menu.js';
import { CafeFixture } from './cafe-fixture.js';

let cafe: CafeFixture;

beforeAll(async () => {
  cafe = await CafeFixture.start();
});

afterAll(async () => {
  await cafe.end();
});

const numbersOn = async (board: string): Promise<readonly string[]> =>
  z
    .array(z.looseObject({ order_number: z.string() }))
    .parse((await cafe.pages.send('GET', board)).body)
    .map((order) => order.order_number);
const espresso = { id: 1, name: 'Espresso', price: 3.5, quantity: 2 };

describe('GET /api/menu', () => {
  test('is the menu as it stands in menu.json', async () => {
    const { status, body, headers } = await cafe.pages.send('GET', '/api/menu');
    expect(status).toBe(200);
    expect(body).toEqual(menu);
    expect(body).toHaveProperty('0', {
      id: 1,
      name: 'Espresso',
      price: 3.5,
      category: 'coffee',
      icon: expect.any(String),
    });
    expect(headers.get('content-type')).toContain('application/json');
  });
});

describe('an order’s life through /api', () => {
  test('is placed, started, ready and served, and each board shows it while it should', async () => {
    const placed = await cafe.pages.send('POST', '/api/orders', {
      body: { customer_name: 'Zoë', items: [espresso], total_price: 7 },
    });
    expect(placed.status).toBe(201);
    expect(placed.body).toMatchObject({ customer_name: 'Zoë', total_price: 7, status: 'ordered' });
    const { order_number: number } = placed.body as { order_number: string };
    const found = { order_number: number };

    expect(await numbersOn('/api/kitchen/orders')).toContain(number);
    expect(await numbersOn('/api/display/orders')).not.toContain(number);
    for (const [step, status] of [
      ['start', 'preparing'],
      ['ready', 'ready'],
      ['serve', 'served'],
    ] as const) {
      const stepped = await cafe.pages.send('POST', `/api/kitchen/orders/${number}/${step}`);
      expect(stepped.status).toBe(200);
      expect(stepped.body).toMatchObject({ ...found, status });
      expect((await cafe.pages.send('GET', `/api/orders/${number}`)).body).toMatchObject({
        ...found,
        status,
      });
      const displayed = await numbersOn('/api/display/orders');
      expect(displayed.includes(number)).toBe(status !== 'served');
    }
    expect(await numbersOn('/api/kitchen/orders')).not.toContain(number);
    expect((await cafe.pages.send('GET', '/api/kitchen/stats')).body).toMatchObject({ served: 1 });
  });

  test('the same Idempotency-Key is the same order', async () => {
    const request = {
      body: { customer_name: 'Twice', items: [espresso] },
      headers: { 'Idempotency-Key': randomUUID() },
    };
    const [first, second] = await Promise.all([
      cafe.pages.send('POST', '/api/orders', request),
      cafe.pages.send('POST', '/api/orders', request),
    ]);
    expect(first.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(await cafe.ordersOf('Twice')).toHaveLength(1);
  });

  test('the query is passed on as it is', async () => {
    await cafe.order('Query');
    expect((await cafe.pages.send('GET', '/api/orders?limit=1&status=ordered')).body).toHaveLength(1);
    const twice = await cafe.pages.send('GET', '/api/orders?limit=1&limit=2');
    expect(twice.status).toBe(422);
    expect(twice.problem.detail).toContain('must stand once');
  });
});

describe('refusals of the services behind are passed on', () => {
  test('a step that may not follow is 409 with its reason', async () => {
    const { order_number: number } = await cafe.order();
    const { status, problem, headers } = await cafe.pages.send('POST', `/api/kitchen/orders/${number}/serve`);
    expect(status).toBe(409);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(problem).toMatchObject({ current_status: 'ordered' });
    expect(problem.error).toContain('cannot become "served"');
  });

  test('a price that is not the menu’s is 422 and names it', async () => {
    const body = { customer_name: 'Cheap', items: [{ ...espresso, price: 0.01 }] };
    const { status, problem } = await cafe.pages.send('POST', '/api/orders', { body });
    expect(status).toBe(422);
    expect(problem).toMatchObject({ errors: [{ path: 'items.0.price' }] });
  });

  test.each([
    ['broken JSON', '{', 400],
    ['no object', '"text"', 400],
    ['an empty object', '{}', 422],
    ['too much', JSON.stringify({ customer_name: 'x'.repeat(70_000) }), 413],
  ])('%s is %#', async (_, body, expected) => {
    const { status, problem } = await cafe.pages.send('POST', '/api/orders', { body });
    expect(status).toBe(expected);
    expect(problem.error).not.toBe('');
  });

  test('a form is 415: the API takes JSON', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await cafe.pages.send('POST', '/api/orders', { body: 'customer_name=Zo', headers });
    expect(answer.status).toBe(415);
  });

  test.each(['ZZZ-ZZZ', '..', '%2e%2e', '..%2Fkitchen%2Forders', '%00', '%E0%A4%A', 'a b', 'é'])(
    'the number "%s" is nobody’s, and no way to another route',
    async (number) => {
      for (const [method, path] of [
        ['GET', `/api/orders/${number}`],
        ['POST', `/api/kitchen/orders/${number}/start`],
      ] as const) {
        const { status, problem } = await cafe.pages.send(method, path);
        expect([400, 404, 405]).toContain(status);
        expect(problem.error).not.toBe('');
      }
    },
  );

  test('405 says what a path takes, and an unknown one is 404', async () => {
    const wrong = await cafe.pages.send('DELETE', '/api/orders');
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toContain('POST');
    expect((await cafe.pages.send('GET', '/api/nothing')).problem.status).toBe(404);
  });
});
