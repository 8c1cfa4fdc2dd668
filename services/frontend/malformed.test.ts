import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { problemBody } from '@cafe-lumiere/runtime/http';
import type { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { CafeFixture } from './cafe-fixture.js';

const SERVICES = ['orders', 'kitchen', 'pages'] as const;
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'] as const;
const PAGES = ['/', '/kitchen', '/display', '/kitchen/orders/{orderNumber}/start', '/assets/x/style.css'];

/** What is easily mistaken for something. */
const oddText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom(
    '',
    '..',
    '%00',
    '\u0000',
    '__proto__',
    'NaN',
    '1e999',
    '-1',
    "'; --",
    '𝕏',
    ' ',
    'x'.repeat(5000),
  ),
);
const almostAnOrder = fc.record(
  {
    customer_name: fc.oneof(fc.constant('Ada'), oddText, fc.jsonValue()),
    items: fc.oneof(
      fc.jsonValue(),
      fc.array(
        fc.record(
          {
            id: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
            quantity: fc.oneof(fc.integer(), fc.double(), fc.jsonValue()),
            price: fc.oneof(fc.double(), fc.jsonValue()),
            name: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
        { maxLength: 4 },
      ),
    ),
    total_price: fc.oneof(fc.double(), fc.jsonValue()),
    status: fc.oneof(fc.constantFrom('ordered', 'ready', 'eaten'), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  almostAnOrder.map((value) => JSON.stringify(value)),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  almostAnOrder.map((value) => JSON.stringify(value).slice(0, -3)),
  oddText,
);
const contentType = fc.constantFrom(
  ...Array.from({ length: 8 }, () => 'application/json'),
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
  '/',
);
const call = fc.record({
  service: fc.constantFrom(...SERVICES),
  route: fc.nat(),
  // Mostly one that the route has: the others do not come far.
  method: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
  ),
  parameter: fc.oneof(oddText, fc.constant('ZZZ-ZZZ')),
  query: fc.dictionary(fc.constantFrom('status', 'limit', 'before', 'order', 'lastEventId', 'x'), oddText, {
    maxKeys: 3,
  }),
  body,
  contentType: fc.option(contentType, { freq: 8, nil: undefined }),
  headers: fc.record(
    {
      'idempotency-key': fc.constantFrom('k', 'x'.repeat(300), 'a b'),
      'x-request-id': fc.constantFrom('ok', '<script>', 'x'.repeat(500)),
      'x-request-timeout-ms': fc.constantFrom('60000', '-5', 'soon'),
      'last-event-id': fc.constantFrom('0', '-1', 'x', '9'.repeat(30)),
      'content-encoding': fc.constantFrom('gzip', 'zip'),
      accept: fc.constantFrom('text/html', 'application/json', '*/*', ';;'),
    },
    { requiredKeys: [] },
  ),
});

const openApi = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
interface Route {
  readonly path: string;
  readonly method: (typeof METHODS)[number];
}

describe('whatever is sent, to whichever route', () => {
  let cafe: CafeFixture;
  const routes = new Map<ServiceFixture, readonly Route[]>();
  beforeAll(async () => {
    cafe = await CafeFixture.start();
    for (const name of SERVICES) {
      const { body: document } = await cafe[name].operations('/openapi.json');
      const { paths } = openApi.parse(document);
      routes.set(cafe[name], [
        ...Object.entries(paths).flatMap(([path, operations]) =>
          METHODS.filter((method) => method.toLowerCase() in operations).map((method) => ({ path, method })),
        ),
        ...['/health', ...(name === 'pages' ? PAGES : [])].map((path) => ({ path, method: 'GET' }) as const),
      ]);
    }
  });
  afterAll(async () => {
    await cafe.end();
  });

  test('nobody gets a 5xx, a stack trace or no answer', async () => {
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(call, async ({ service, route, method: wanted, parameter, query, ...sent }) => {
        const target = cafe[service];
        const known = routes.get(target) ?? [];
        const { path: template, method: ofRoute } = known[route % known.length] ?? {
          path: '/',
          method: 'GET',
        };
        const method = wanted ?? ofRoute;
        const path = template.replace('{orderNumber}', encodeURIComponent(parameter));
        const words = new URLSearchParams(query);
        const response = await fetch(`${target.url}${path}?${words.toString()}`, {
          method,
          headers: {
            ...sent.headers,
            ...(sent.contentType === undefined ? {} : { 'content-type': sent.contentType }),
          },
          redirect: 'manual',
          signal: AbortSignal.timeout(5000),
          ...(['GET', 'HEAD'].includes(method) ? {} : { body: sent.body }),
        });
        seen.set(response.status, (seen.get(response.status) ?? 0) + 1);
        expect(response.status).toBeLessThan(500);
        const type = response.headers.get('content-type') ?? '';
        if (type.startsWith('text/event-stream')) {
          await response.body?.cancel();
          return;
        }
        const text = await response.text();
        expect(text).not.toMatch(/\n\s+at .*:\d+:\d+/);
        const isProblem = response.status >= 400 && method !== 'HEAD' && type.includes('json');
        const status = isProblem ? problemBody.parse(JSON.parse(text)).status : response.status;
        expect(status).toBe(response.status);
      }),
      { numRuns: 600 },
    );
    // Otherwise all of them might have been stopped at the door.
    for (const status of [200, 400, 404, 405, 415, 422]) expect(seen.get(status)).toBeGreaterThan(0);
  });
});
