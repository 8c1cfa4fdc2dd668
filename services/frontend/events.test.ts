import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { z } from 'zod';
import { readEvents } from '@cafe-lumiere/runtime/events';
import { EventStreamFixture } from '@cafe-lumiere/runtime/testing';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { CafeFixture } from './cafe-fixture.js';
import { frontendServer } from './frontend.js';

const shown = z.looseObject({ order_number: z.string(), status: z.string() });

describe('the streams of the pages', () => {
  let cafe: CafeFixture;
  const streams: EventStreamFixture[] = [];
  beforeAll(async () => {
    cafe = await CafeFixture.start();
  });
  afterEach(async () => {
    await Promise.all(streams.splice(0).map((stream) => stream.close()));
  });
  afterAll(async () => {
    await cafe.end();
  });

  const follow = async (url: () => string): Promise<EventStreamFixture> => {
    const stream = new EventStreamFixture(url);
    streams.push(stream);
    await stream.until((events) => events.length > 0);
    return stream;
  };
  /** Resolves when a service that knows of the news has said so as often as this. */
  const pings = async ({ url }: ServiceFixture, count: number): Promise<void> => {
    const { body } = await request(`${url}/api/kitchen/events`);
    for await (const { event } of readEvents(body)) {
      if (event === 'ping') count -= 1;
      if (count === 0) return;
    }
  };
  const at = (path: string) => follow(() => `${cafe.pages.url}${path}`);
  const seen = (stream: EventStreamFixture) =>
    stream.of('order').map(({ data }) => shown.parse(JSON.parse(data)));
  const start = (number: string) => cafe.pages.send('POST', `/api/kitchen/orders/${number}/start`);

  test('show the kitchen everything, the screen no names, and a guest nobody else’s order', async () => {
    const mine = await cafe.order('Mine');
    const [kitchen, display, own, service] = await Promise.all([
      at('/api/kitchen/events'),
      at('/api/display/events'),
      at(`/api/orders/${mine.order_number}/events`),
      follow(() => `${cafe.kitchen.url}/display/events`),
    ]);
    const theirs = await cafe.order('Theirs');
    await start(mine.order_number);
    const of = (stream: EventStreamFixture, number: string) =>
      seen(stream).filter(({ order_number }) => order_number === number);
    for (const stream of [kitchen, display, service]) {
      await stream.until(() => of(stream, theirs.order_number).length > 0);
    }
    await own.until(() => seen(own).some(({ status }) => status === 'preparing'));
    const placed = { order_number: theirs.order_number, status: 'ordered', updated_at: theirs.updated_at };
    expect(of(kitchen, theirs.order_number)).toEqual([theirs]);
    expect(of(display, theirs.order_number)).toEqual([placed]);
    expect(of(service, theirs.order_number)).toEqual([placed]);
    expect(of(own, theirs.order_number)).toEqual([]);
    // Whether its first event came before the stream or on it, is nobody's promise.
    expect(seen(own).slice(-1)).toEqual([
      expect.objectContaining({ order_number: mine.order_number, status: 'preparing' }),
    ]);
  });

  test('of a number that cannot be one are a 404', async () => {
    const answer = await cafe.pages.send('GET', '/api/orders/..%2Fx/events');
    expect(answer.status).toBe(404);
  });

  test('go on at another pod when one is replaced, and no change is missed', async () => {
    const environment = { ORDER_SERVICE_URL: cafe.orders.url, KITCHEN_SERVICE_URL: cafe.kitchen.url };
    const other = await ServiceFixture.start(frontendServer, environment);
    const state = { url: other.url };
    const stream = await follow(() => `${state.url}/api/kitchen/events`);
    const { order_number: number } = await cafe.order('Replaced');
    await stream.until(() => seen(stream).length === 1);
    state.url = cafe.pages.url;
    await start(number);
    await other.drain();
    await cafe.pages.send('POST', `/api/kitchen/orders/${number}/ready`);
    await stream.until(() => seen(stream).length >= 3);
    expect(seen(stream).map(({ status }) => status)).toEqual(['ordered', 'preparing', 'ready']);
    expect(stream.of('resync')).toHaveLength(1);
  });

  test('say nothing, not even a ping, while nobody knows whether there is news', async () => {
    const nobody = 'http://127.0.0.1:1';
    const alone = await ServiceFixture.start(frontendServer, {
      ORDER_SERVICE_URL: nobody,
      KITCHEN_SERVICE_URL: nobody,
    });
    const response = await fetch(`${alone.url}/api/kitchen/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
    const text = response.text();
    await pings(cafe.pages, 3);
    // The end of the stream comes with the drain.
    await alone.drain();
    await expect(text).resolves.toMatch(/^retry: \d+\n\nretry: \d+\n\n$/);
  });
});
