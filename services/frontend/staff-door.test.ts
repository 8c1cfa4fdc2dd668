import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { open } from './browser-fixture.js';
import { CafeFixture } from './cafe-fixture.js';
import { frontendServer } from './frontend.js';
import { StaffSession } from './staff-session.js';

describe('with a staff password', () => {
  let cafe: CafeFixture;
  let pages: ServiceFixture;
  let other: ServiceFixture;
  beforeAll(async () => {
    cafe = await CafeFixture.start();
    const environment = {
      ORDER_SERVICE_URL: cafe.orders.url,
      KITCHEN_SERVICE_URL: cafe.kitchen.url,
      STAFF_PASSWORD: 'croissant-with-butter',
    };
    pages = await ServiceFixture.start(frontendServer, environment);
    other = await ServiceFixture.start(frontendServer, environment);
  });
  afterAll(async () => {
    await Promise.all([pages.drain(), other.drain()]);
    await cafe.end();
  });

  const logIn = (password: string, service = pages) =>
    fetch(`${service.url}/staff`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ password }),
    });
  const cookieOf = (response: Response): string =>
    (response.headers.get('set-cookie') ?? '').replace(/;.*/, '');

  test('guests order, see their own order and the screen, and nothing of the kitchen', async () => {
    const body = { customer_name: 'Guest', items: [{ id: 1, quantity: 1 }] };
    expect((await pages.send('POST', '/api/orders', { body })).status).toBe(201);
    const { order_number: number } = await cafe.order('Guest');
    for (const path of ['/', '/display', '/api/display/orders', `/api/orders/${number}`]) {
      expect([path, (await fetch(`${pages.url}${path}`)).status]).toEqual([path, 200]);
    }
    for (const [method, path] of [
      ['GET', '/api/orders'],
      ['GET', '/api/kitchen/orders'],
      ['GET', '/api/kitchen/stats'],
      ['GET', '/api/kitchen/events'],
      ['POST', `/api/kitchen/orders/${number}/start`],
    ] as const) {
      const answer = await pages.send(method, path);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.problem.detail).toContain('Log in at /staff');
    }
    const step = await fetch(`${pages.url}/kitchen/orders/${number}/start`, { method: 'POST' });
    expect(step.status).toBe(401);
    const page = await open(pages, '/kitchen');
    expect([page.status, page.path]).toEqual([200, '/staff']);
    expect((await cafe.ordersOf('Guest')).every(({ status }) => status === 'ordered')).toBe(true);
  });

  test('the right one opens the kitchen at every pod, with a cookie that scripts cannot read', async () => {
    const response = await logIn('croissant-with-butter');
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/kitchen');
    expect(response.headers.get('set-cookie')).toMatch(/; path=\/; expires=.*; samesite=strict; httponly$/);
    const headers = { cookie: cookieOf(response) };
    const { order_number: number } = await cafe.order('Cooked');
    expect((await fetch(`${other.url}/kitchen`, { headers, redirect: 'manual' })).status).toBe(200);
    const started = await other.send('POST', `/api/kitchen/orders/${number}/start`, { headers });
    expect(started.body).toMatchObject({ status: 'preparing' });
    // A letter of the signature changed.
    const forged = headers.cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect((await pages.send('GET', '/api/orders', { headers: { cookie: forged } })).status).toBe(401);
  });

  test('a wrong one is refused, and the sixth in a minute has to wait, the right one too', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push((await logIn('wrong')).status);
    // A minute may begin in between.
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThanOrEqual(5);
    const waiting = await logIn(statuses.at(-1) === 429 ? 'croissant-with-butter' : 'wrong');
    expect([401, 429]).toContain(waiting.status);
    expect(waiting.headers.get('set-cookie')).toBeNull();
    // Another pod, and so another minute's count.
    expect((await logIn('croissant-with-butter', other)).status).toBe(303);
  });
});

describe('a staff session', () => {
  const clock = { now: Date.parse('2026-01-30T08:00:00Z') };
  const session = new StaffSession('croissant-with-butter', () => clock.now);

  test('ends after a shift, and with another password', () => {
    const cookie = session.issue();
    expect(session.admits(cookie)).toBe(true);
    expect(new StaffSession('baguette', () => clock.now).admits(cookie)).toBe(false);
    clock.now += session.maxAgeSeconds * 1000;
    expect(session.admits(cookie)).toBe(false);
  });

  test.each([undefined, '', 'x', '9999999999.', `9999999999.${'A'.repeat(43)}`, `1e9.${'A'.repeat(43)}`])(
    'is not made of %s',
    (cookie) => {
      expect(session.admits(cookie)).toBe(false);
    },
  );

  test('counts wrong passwords by address, a minute at a time', () => {
    for (let count = 0; count < 5; count += 1) {
      expect(session.mayTry('a')).toBe(true);
      expect(session.isPassword('wrong', 'a')).toBe(false);
    }
    expect([session.mayTry('a'), session.mayTry('b')]).toEqual([false, true]);
    clock.now += 60_000;
    expect(session.mayTry('a')).toBe(true);
    expect(session.isPassword('croissant-with-butter', 'a')).toBe(true);
  });
});
