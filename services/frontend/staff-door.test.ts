import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { open } from './browser-fixture.js';
import { CafeFixture } from './cafe-fixture.js';
import { frontendServer } from './frontend.js';
import { Guesses } from './guesses.js';
import { LIMITS } from './limits.js';
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

  test('a wrong one is refused; many at once wait, and keep nobody out who has known the password', async () => {
    const known = { cookie: cookieOf(await logIn('croissant-with-butter')) };
    expect((await logIn('wrong')).status).toBe(401);
    const guesses = Array.from({ length: LIMITS.guessesWaiting + 5 }, () => logIn('wrong'));
    const { status } = await fetch(`${pages.url}/staff`, {
      method: 'POST',
      redirect: 'manual',
      headers: known,
      body: new URLSearchParams({ password: 'croissant-with-butter' }),
    });
    expect(status).toBe(303);
    const refused = await Promise.race(
      guesses.map(async (guess) => {
        const answer = await guess;
        return answer.status === 429 ? answer : new Promise<Response>(() => undefined);
      }),
    );
    expect(refused.headers.get('retry-after')).toBe('5');
    for (const answer of await Promise.all(guesses)) expect(answer.headers.get('set-cookie')).toBeNull();
    // Not locked out: from the address that has guessed so much, only later.
    expect((await logIn('croissant-with-butter')).status).toBe(303);
  }, 60_000);

  test('ends with a log-out', async () => {
    const headers = { cookie: cookieOf(await logIn('croissant-with-butter')) };
    const page = await fetch(`${pages.url}/kitchen`, { headers });
    await expect(page.text()).resolves.toContain('action="/staff/log-out"');
    const out = await fetch(`${pages.url}/staff/log-out`, { method: 'POST', redirect: 'manual', headers });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/staff']);
    expect(out.headers.get('set-cookie')).toMatch(/^staff=; .*expires=Thu, 01 Jan 1970/);
  });

  test('behind TLS has a cookie that only this host can set, and only over TLS', async () => {
    const behind = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL: cafe.orders.url,
      KITCHEN_SERVICE_URL: cafe.kitchen.url,
      STAFF_PASSWORD: 'croissant-with-butter',
      TRUSTED_PROXIES: '1',
    });
    const tls = { 'x-forwarded-proto': 'https' };
    const response = await fetch(`${behind.url}/staff`, {
      method: 'POST',
      redirect: 'manual',
      headers: tls,
      body: new URLSearchParams({ password: 'croissant-with-butter' }),
    });
    expect(response.headers.get('set-cookie')).toMatch(/^__Host-staff=.*; path=\/; .*; secure; httponly$/);
    const cookie = cookieOf(response);
    expect((await behind.send('GET', '/api/orders', { headers: { ...tls, cookie } })).status).toBe(200);
    // A neighbour of the same domain could have set this one.
    const planted = cookie.replace('__Host-', '');
    expect((await behind.send('GET', '/api/orders', { headers: { ...tls, cookie: planted } })).status).toBe(
      401,
    );
    await behind.drain();
  });

  test('with a short password or key does not start, and says why', async () => {
    const start = (variables: Record<string, string>) =>
      ServiceFixture.start(frontendServer, {
        ORDER_SERVICE_URL: cafe.orders.url,
        KITCHEN_SERVICE_URL: cafe.kitchen.url,
        ...variables,
      });
    await expect(start({ STAFF_PASSWORD: 'croissant' })).rejects.toThrow(
      'frontend: STAFF_PASSWORD has 9 characters; it needs at least 12. Change it in its Secret',
    );
    await expect(
      start({ STAFF_PASSWORD: 'croissant-with-butter', STAFF_SIGNING_KEY: 'short' }),
    ).rejects.toThrow('STAFF_SIGNING_KEY has 5 characters; it needs at least 32');
  });
});

test('where there is no staff password, each page says that it is open to everybody', async () => {
  const nobody = 'http://127.0.0.1:1';
  const alone = { ORDER_SERVICE_URL: nobody, KITCHEN_SERVICE_URL: nobody };
  const opened = await ServiceFixture.start(frontendServer, alone);
  const closed = await ServiceFixture.start(frontendServer, {
    ...alone,
    STAFF_PASSWORD: 'croissant-with-butter',
  });
  const line = 'This café is open to everybody';
  for (const path of ['/', '/display', '/kitchen', '/nothing']) {
    expect([path, (await open(opened, path)).html.includes(line)]).toEqual([path, true]);
    expect([path, (await open(closed, path)).html.includes(line)]).toEqual([path, false]);
  }
  await Promise.all([opened.drain(), closed.drain()]);
});

const SHIFT_MS = 12 * 3600 * 1000;
const KEY = 'k'.repeat(32);

describe('a staff session', () => {
  const clock = { now: Date.parse('2026-01-30T08:00:00Z') };
  // What a guess costs is said by nothing here.
  const cost = { N: 2, r: 8, p: 1, maxmem: 1024 * 1024 };
  const sessionOf = (password: string, key?: string) =>
    new StaffSession(password, key, () => clock.now, cost);
  const session = sessionOf('croissant');

  test.each([undefined, KEY])(
    'ends after a shift, with another password, and with another key (now %s)',
    async (key) => {
      const begun = sessionOf('croissant', key);
      const cookie = await begun.issue();
      await expect(sessionOf('croissant', key).admits(cookie)).resolves.toBe(true);
      await expect(sessionOf('baguette', key).admits(cookie)).resolves.toBe(false);
      await expect(sessionOf('croissant', 'l'.repeat(32)).admits(cookie)).resolves.toBe(false);
      clock.now += SHIFT_MS;
      await expect(begun.admits(cookie)).resolves.toBe(false);
      await expect(begun.knows(cookie)).resolves.toBe(true);
      clock.now += 31 * 24 * 3600 * 1000;
      await expect(begun.knows(cookie)).resolves.toBe(false);
    },
  );

  test.each([undefined, '', 'x', '9999999999.', `9999999999.${'A'.repeat(43)}`, `1e9.${'A'.repeat(43)}`])(
    'is not made of %s',
    async (cookie) => {
      await expect(session.admits(cookie)).resolves.toBe(false);
      await expect(session.knows(cookie)).resolves.toBe(false);
    },
  );

  test('knows the password', async () => {
    await expect(session.isPassword('croissant')).resolves.toBe(true);
    await expect(session.isPassword('Croissant')).resolves.toBe(false);
  });
});

test('guesses wait longer and longer, up to an end, and a right one is believed at once after that', async () => {
  const waits: number[] = [];
  let now = 0;
  const wait = (milliseconds: number) => {
    now += milliseconds;
    return Promise.resolve(waits.push(milliseconds));
  };
  const nobody = { take: () => Promise.resolve(undefined), forget: () => Promise.resolve() };
  const guesses = new Guesses(nobody, { wait, now: () => now });
  for (let count = 0; count < 9; count += 1) {
    await expect(guesses.ask('a', () => Promise.resolve(false))).resolves.toBe(false);
  }
  expect(waits).toEqual([0, 0, 0, 250, 500, 1000, 2000, 4000, 4000]);
  await guesses.ask('b', () => Promise.resolve(false));
  expect(waits.at(-1)).toBe(0);
  await expect(guesses.ask('a', () => Promise.resolve(true))).resolves.toBe(true);
  await guesses.ask('a', () => Promise.resolve(false));
  expect(waits.slice(-2)).toEqual([4000, 0]);
});
