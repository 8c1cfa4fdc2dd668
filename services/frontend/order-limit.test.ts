import { clientNetwork } from '@cafe-lumiere/runtime/http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { fieldOf, open, submit, textOf } from './browser-fixture.js';
import { CafeFixture } from './cafe-fixture.js';
import { frontendServer } from './frontend.js';
import { LIMITS, ORDERS_PER_MINUTE } from './limits.js';
import { OrderLimit } from './order-limit.js';

const coffee = { customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] };

describe('a guest who places too many orders', () => {
  let cafe: CafeFixture;
  let pages: ServiceFixture;
  beforeAll(async () => {
    cafe = await CafeFixture.start();
    pages = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL: cafe.orders.url,
      KITCHEN_SERVICE_URL: cafe.kitchen.url,
      ORDERS_PER_MINUTE: '1',
      TRUSTED_PROXIES: '1',
    });
  });
  afterAll(async () => {
    await pages.drain();
    await cafe.end();
  });

  const order = (from: string) =>
    pages.send('POST', '/api/orders', { body: coffee, headers: { 'x-forwarded-for': from } });

  test('is told when to come back, and a guest beside is served', async () => {
    const loud = '203.0.113.7';
    const answers = await Promise.all(Array.from({ length: 140 }, () => order(loud)));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(LIMITS.ordersAtOnce);
    expect(refused).toHaveLength(40);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(30);
    expect(refused[0]?.problem.detail).toContain('Nothing is lost');
    expect((await order('203.0.113.8')).status).toBe(201);
    // What the guest claims to be is before what our proxy says.
    expect((await order(`198.51.100.1, ${loud}`)).status).toBe(429);
  });

  test('is told so on the page, which keeps what was typed with its key', async () => {
    // No header of a proxy: all of these are one client.
    for (let count = 0; count < LIMITS.ordersAtOnce; count += 1) {
      await pages.send('POST', '/api/orders', { body: coffee });
    }
    const key = fieldOf(await open(pages, '/'), 'idempotency_key');
    const fields = { idempotency_key: key, customer_name: 'Patient', 'quantity-1': '1' };
    const page = await submit(pages, '/', fields);
    expect([page.status, fieldOf(page, 'idempotency_key'), fieldOf(page, 'customer_name')]).toEqual([
      429,
      key,
      'Patient',
    ]);
    expect(textOf(page, 'message')).toContain('Nothing is lost');
    expect(page.headers.get('retry-after')).toMatch(/^\d+$/);
  });

  test('does not say who they are where no proxy is trusted', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const untrusting = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL: cafe.orders.url,
      KITCHEN_SERVICE_URL: cafe.kitchen.url,
      ORDERS_PER_MINUTE: '1',
    });
    const statuses: number[] = [];
    for (let count = 0; count <= LIMITS.ordersAtOnce; count += 1) {
      const address = { ...headers, 'x-forwarded-for': `203.0.113.${count}` };
      statuses.push(
        (await untrusting.send('POST', '/api/orders', { body: coffee, headers: address })).status,
      );
    }
    expect(statuses.at(-1)).toBe(429);
    await untrusting.drain();
  });

  test('with a key that another guest may have as well is refused', async () => {
    const headers = { 'idempotency-key': '1' };
    const answer = await cafe.pages.send('POST', '/api/orders', { body: coffee, headers });
    expect([answer.status, answer.problem.detail]).toEqual([400, expect.stringContaining('at least 16')]);
  });
});

describe('the limit of orders', () => {
  const clock = { now: 0 };
  const limit = new OrderLimit(ORDERS_PER_MINUTE, () => clock.now);
  const taken = async (client: string, tries: number, answer?: { status: number }): Promise<number> => {
    let count = 0;
    for (let each = 0; each < tries; each += 1) {
      try {
        await limit.counted(client, () => Promise.resolve(answer));
        count += 1;
      } catch {
        // Refused.
      }
    }
    return count;
  };
  const stored = { status: 201 };

  test('lets through what one may have at once, and then what flows in', async () => {
    expect(await taken('a', 1200, stored)).toBe(LIMITS.ordersAtOnce);
    clock.now += 1000;
    expect(await taken('a', 1200, stored)).toBe(ORDERS_PER_MINUTE / 60);
    clock.now += 3_600_000;
    expect(await taken('a', 1200, stored)).toBe(LIMITS.ordersAtOnce);
  });

  test.each([
    ['was not answered', undefined],
    ['nobody could take', { status: 503 }],
  ])('does not count an order that %s', async (_, answer) => {
    clock.now += 3_600_000;
    const far = LIMITS.ordersAtOnce * LIMITS.allClients * 2;
    expect(await taken('a', far, answer)).toBe(far);
    expect(await taken('a', 1200, stored)).toBe(LIMITS.ordersAtOnce);
  });

  test('does not count one whose answer is an error', async () => {
    clock.now += 3_600_000;
    for (let each = 0; each < LIMITS.ordersAtOnce; each += 1) {
      await expect(limit.counted('a', () => Promise.reject(new Error('no answer')))).rejects.toThrow(
        'no answer',
      );
    }
    expect(await taken('a', 1200, stored)).toBe(LIMITS.ordersAtOnce);
  });

  test('counts one that is wrong: asking that again is the client’s own doing', async () => {
    clock.now += 3_600_000;
    expect(await taken('a', 1200, { status: 422 })).toBe(LIMITS.ordersAtOnce);
  });

  test('holds for all together, whoever they are', async () => {
    clock.now += 3_600_000;
    const each: number[] = [];
    for (let number = 0; number < 5000; number += 1) each.push(await taken(`client ${number}`, 1, stored));
    expect(each.filter((count) => count === 1)).toHaveLength(LIMITS.ordersAtOnce * LIMITS.allClients);
  });
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['nobody', 'nobody'],
])('the client at %s is %s', (address, client) => {
  expect(clientNetwork(address)).toBe(client);
});
