import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { EventStreamFixture, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { fieldOf, open, submit, textOf } from './browser-fixture.js';
import { CafeFixture } from './cafe-fixture.js';
import { frontendServer } from './frontend.js';

const placedOrder = z.looseObject({ order_number: z.string(), token: z.string() });
const NAME = 'Marguerite';
const ITEM = 'Espresso';

/** Behind a closed door: where it is open, everybody is the staff, who see everything. */
describe('an order', () => {
  let cafe: CafeFixture;
  let pages: ServiceFixture;
  beforeAll(async () => {
    cafe = await CafeFixture.start();
    pages = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL: cafe.orders.url,
      KITCHEN_SERVICE_URL: cafe.kitchen.url,
      STAFF_PASSWORD: 'croissant-with-butter',
    });
  });
  afterAll(async () => {
    await pages.drain();
    await cafe.end();
  });

  const body = { customer_name: NAME, items: [{ id: 1, quantity: 2 }] };
  const place = async (headers: Record<string, string> = {}) =>
    placedOrder.parse((await pages.send('POST', '/api/orders', { body, headers })).body);
  const find = (number: string, token?: string) =>
    pages.send(
      'GET',
      `/api/orders/${number}`,
      token === undefined ? {} : { headers: { 'order-token': token } },
    );

  test('opens fully with its token only; the number alone gives status and times', async () => {
    const mine = await place();
    const theirs = await place();
    const { token, ...all } = mine;
    expect((await find(mine.order_number, token)).body).toEqual(all);
    const numbered = {
      order_number: mine.order_number,
      status: 'ordered',
      created_at: mine['created_at'],
      updated_at: mine['updated_at'],
    };
    for (const given of [undefined, '', theirs.token, `${token}x`, 'undefined', 'null']) {
      expect([given, (await find(mine.order_number, given)).body]).toEqual([given, numbered]);
    }
  });

  test('from before there were tokens opens to nobody with one', async () => {
    const { order_number: number } = await place();
    const sql = cafe.postgres.client();
    await sql`update orders set token = null where order_number = ${number}`;
    await sql.end();
    for (const given of ['', 'null', 'undefined']) {
      expect((await find(number, given)).text).not.toContain(NAME);
    }
  });

  test('placed again with its key has the token that it had', async () => {
    const headers = { 'idempotency-key': 'b59e4bd2-5e9c-4a0c-8a0a-3f0a4b8ad0f1' };
    expect(await place(headers)).toEqual(await place(headers));
  });

  test('is a number and a state on the screen and in its streams', async () => {
    const { order_number: number } = await place();
    const streams = ['/api/display/events', `/api/orders/${number}/events`].map(
      (path) => new EventStreamFixture(() => `${pages.url}${path}`),
    );
    for (const stream of streams) await stream.until((events) => events.length > 0);
    await cafe.pages.send('POST', `/api/kitchen/orders/${number}/start`);
    for (const stream of streams) {
      await stream.until(() => stream.of('order').some(({ data }) => data.includes('preparing')));
      expect(
        stream
          .of('order')
          .map(({ data }) => data)
          .join(),
      ).not.toMatch(new RegExp(`${NAME}|${ITEM}`));
      await stream.close();
    }
    const shown = await pages.send('GET', '/api/display/orders');
    expect(z.array(z.unknown()).parse(shown.body)).toContainEqual({
      order_number: number,
      status: 'preparing',
      updated_at: expect.any(String),
    });
    for (const text of [shown.text, (await open(pages, '/display')).html]) {
      expect(text).toContain(number);
      expect(text).not.toMatch(new RegExp(`${NAME}|${ITEM}`));
    }
  });

  test('says what it is on the page of its guest, and on no other', async () => {
    const { order_number: number, token } = await place();
    const ordered = `id="placed-items">2 × ${ITEM}<`;
    expect((await open(pages, `/?order=${number}&token=${token}`)).html).toContain(ordered);
    for (const path of [
      `/?order=${number}`,
      `/?order=${number}&token=x`,
      `/?order=${number}&token=a&token=b`,
    ]) {
      const { html } = await open(pages, path);
      expect(html).toContain(number);
      expect(html).not.toContain(ordered);
      expect(html).not.toContain(token);
    }
  });

  const cancel = (number: string, token: string) =>
    pages.send('POST', `/api/orders/${number}/cancel`, { headers: { 'order-token': token } });

  test('that nobody has begun is cancelled by its guest, once and for all, and by nobody else', async () => {
    const { order_number: number, token } = await place();
    for (const other of ['', 'x', (await place()).token]) {
      expect((await cancel(number, other)).status).toBe(403);
    }
    expect((await find(number)).body).toMatchObject({ status: 'ordered' });
    expect((await cancel(number, token)).body).toMatchObject({ order_number: number, status: 'cancelled' });
    expect((await cancel(number, token)).status).toBe(200);
    const started = await cafe.pages.send('POST', `/api/kitchen/orders/${number}/start`);
    expect(started.problem).toMatchObject({ status: 409, current_status: 'cancelled' });
    await expect(cafe.historyOf(number)).resolves.toEqual(['ordered', 'cancelled']);
    expect((await cafe.pages.send('GET', '/api/kitchen/orders')).text).not.toContain(number);
    expect((await cancel('ZZZ-ZZZ', token)).status).toBe(404);
  });

  test('that is begun is not cancelled any more', async () => {
    const { order_number: number, token } = await place();
    await cafe.pages.send('POST', `/api/kitchen/orders/${number}/start`);
    expect((await cancel(number, token)).problem).toMatchObject({ status: 409, current_status: 'preparing' });
    expect((await cafe.pages.send('POST', `/api/kitchen/orders/${number}/cancel`)).status).toBe(409);
  });

  test('is cancelled without JavaScript: by its guest on its page, and by the staff on theirs', async () => {
    const { order_number: number, token } = await place();
    const form = `action="/orders/${number}/cancel"`;
    expect((await open(pages, `/?order=${number}`)).html).toMatch(new RegExp(`${form}\\s+hidden`));
    const page = await open(pages, `/?order=${number}&token=${token}`);
    expect(page.html).not.toMatch(new RegExp(`${form}\\s+hidden`));
    expect((await submit(pages, `/orders/${number}/cancel`, { token: 'x' })).status).toBe(403);
    const cancelled = await submit(pages, `/orders/${number}/cancel`, { token: fieldOf(page, 'token') });
    expect([cancelled.path, textOf(cancelled, 'placed-status')]).toEqual([
      `/?order=${number}&token=${token}`,
      'Cancelled. There is nothing to pay.',
    ]);
    const other = await place();
    const action = `/kitchen/orders/${other.order_number}/cancel`;
    expect((await open(cafe.pages, '/kitchen')).html).toContain(`action="${action}"`);
    expect((await submit(cafe.pages, action)).html).not.toContain(other.order_number);
  });
});
