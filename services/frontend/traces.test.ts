import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ReceivedSpan, TraceCollectorFixture } from '@cafe-lumiere/runtime/testing';
import { CafeFixture } from './cafe-fixture.js';

let collector: TraceCollectorFixture;
let cafe: CafeFixture;
beforeAll(async () => {
  collector = await TraceCollectorFixture.start();
  cafe = await CafeFixture.start({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
});
afterAll(async () => {
  await cafe.end();
  collector.close();
});

const parentOf = ({ parentSpanId }: ReceivedSpan): ReceivedSpan | undefined =>
  collector.spans.find(({ spanId }) => spanId === parentSpanId);

test('a click is one trace from the page to the row, and no guest is in it', async () => {
  const { order_number: number } = await cafe.order('Zoë Unmistakable');
  const statement = await collector.span('INSERT orders');
  // The frontend's own ends last.
  await collector.span('POST /api/orders');
  const stored = await collector.span('store order');
  const way = [stored];
  for (let next = parentOf(stored); next; next = parentOf(next)) way.unshift(next);
  expect(way.map(({ service, name }) => `${service}: ${name}`)).toEqual([
    'frontend: POST /api/orders',
    'frontend: POST order-service',
    'order-service: POST /orders',
    'order-service: store order',
  ]);
  expect(new Set(way.map(({ traceId }) => traceId)).size).toBe(1);
  expect(statement.links).toMatchObject([{ spanId: stored.spanId }]);
  expect(stored.links).toMatchObject([{ spanId: statement.spanId }]);
  expect(JSON.stringify(collector.spans)).not.toMatch(new RegExp(`Unmistakable|${number}`));
});

test('orders of one statement are linked to it from traces of their own', async () => {
  collector.spans.length = 0;
  // So many that some come at one moment, however busy the machine is.
  const guests = Array.from({ length: 60 }, (_, index) => `Guest ${index}`);
  await Promise.all(guests.map((guest) => cafe.order(guest)));
  const ofName = (name: string) => collector.spans.filter((each) => each.name === name);
  while (ofName('store order').length < guests.length) await pause(20);
  const links = ofName('INSERT orders').flatMap((each) => each.links.map(({ spanId }) => spanId));
  expect(links.sort()).toEqual(
    ofName('store order')
      .map(({ spanId }) => spanId)
      .sort(),
  );
  expect(ofName('INSERT orders').length).toBeLessThan(guests.length);
});
