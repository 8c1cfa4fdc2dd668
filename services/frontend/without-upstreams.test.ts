import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { fieldOf, open, submit, textOf } from './browser-fixture.js';
import { frontendServer } from './frontend.js';

/** Accepts everything and answers nothing, as a service in a deadlock does. */
async function startSilent(): Promise<{ server: Server; url: string }> {
  const server = createServer(() => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return {
    server,
    url: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`,
  };
}

/** Nobody listens on port 1. */
const REFUSED = 'http://127.0.0.1:1';
let silent: Awaited<ReturnType<typeof startSilent>>;
const frontends = new Map<string, ServiceFixture>();

beforeAll(async () => {
  silent = await startSilent();
  for (const [name, url] of [
    ['down', REFUSED],
    ['silent', silent.url],
  ] as const) {
    const pages = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL: url,
      ORDER_SERVICE_TIMEOUT_MS: '300',
      KITCHEN_SERVICE_URL: url,
      KITCHEN_SERVICE_TIMEOUT_MS: '300',
    });
    frontends.set(name, pages);
  }
});

afterAll(async () => {
  for (const pages of frontends.values()) await pages.drain();
  silent.server.closeAllConnections();
  await new Promise((done) => silent.server.close(done));
});

describe.each(['down', 'silent'])('when the services behind are %s', (state) => {
  const pages = (): ServiceFixture => {
    const found = frontends.get(state);
    if (!found) throw new Error(`there is no frontend for "${state}"`);
    return found;
  };
  const coffee = { customer_name: 'Zoë', items: [{ id: 1, quantity: 1 }] };

  test.each([
    ['POST', '/api/orders', coffee],
    ['GET', '/api/orders', undefined],
    ['GET', '/api/orders/K7F-3QX', undefined],
    ['GET', '/api/kitchen/orders', undefined],
    ['GET', '/api/display/orders', undefined],
    ['GET', '/api/kitchen/stats', undefined],
    ['POST', '/api/kitchen/orders/K7F-3QX/start', undefined],
    ['POST', '/api/kitchen/orders/K7F-3QX/ready', undefined],
    ['POST', '/api/kitchen/orders/K7F-3QX/serve', undefined],
  ])('%s %s is 503 with Retry-After, though nothing ever answers', async (method, path, body) => {
    const { status, headers, problem } = await pages().send(method, path, { body });
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(problem.detail).toMatch(/^(order|kitchen)-service does not answer: /);
  });

  test('the frontend is ready, and reports who does not answer', async () => {
    const { status, body } = await pages().readyz(200);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ready',
      dependencies: { 'order-service': { ok: false }, 'kitchen-service': { ok: false } },
    });
  });

  test('the menu is there, and the form', async () => {
    expect((await pages().send('GET', '/api/menu')).status).toBe(200);
    const page = await open(pages(), '/');
    expect(page.status).toBe(200);
    expect(fieldOf(page, 'quantity-1')).toBe('0');
  });

  test('a form that could not be sent on comes back as it was, with the same key and a word of comfort', async () => {
    const sent = { idempotency_key: 'a-key-that-is-long-enough', customer_name: 'Zoë', 'quantity-1': '2' };
    const page = await submit(pages(), '/', sent);
    expect(page.status).toBe(503);
    expect(page.headers.get('retry-after')).toBe('1');
    expect(textOf(page, 'message')).toContain('Nothing is lost');
    expect(page.html).not.toMatch(/ECONN|order-service/);
    for (const [name, value] of Object.entries(sent)) expect(fieldOf(page, name)).toBe(value);
  });

  test('an order that was placed keeps its number on the page', async () => {
    const page = await open(pages(), '/?order=K7F-3QX');
    expect(page.status).toBe(200);
    expect(textOf(page, 'placed-number')).toBe('K7F-3QX');
    expect(textOf(page, 'placed-status')).toContain('We have your order');
  });

  test.each(['/kitchen', '/display'])('%s says that it cannot read the orders', async (path) => {
    const page = await open(pages(), path);
    expect(page.status).toBe(200);
    expect(textOf(page, 'stale')).toContain('cannot be read just now');
  });

  test('a cook’s step says that it did not get through', async () => {
    const page = await submit(pages(), '/kitchen/orders/K7F-3QX/start');
    expect(page.status).toBe(503);
    expect(textOf(page, 'message')).toContain('did not get through');
  });
});

test('a page that is opened does not wait for its data for as long as a request may take', async () => {
  const pages = await ServiceFixture.start(frontendServer, {
    ORDER_SERVICE_URL: silent.url,
    ORDER_SERVICE_TIMEOUT_MS: '5000',
    KITCHEN_SERVICE_URL: silent.url,
    KITCHEN_SERVICE_TIMEOUT_MS: '5000',
  });
  const asked = pages.send('GET', '/api/kitchen/orders').then(() => 'the request');
  const opened = Promise.all(
    ['/kitchen', '/display', '/?order=K7F-3QX'].map(async (path) => (await open(pages, path)).status),
  );
  await expect(Promise.race([asked, opened])).resolves.toEqual([200, 200, 200]);
  await asked;
  await pages.drain();
});
