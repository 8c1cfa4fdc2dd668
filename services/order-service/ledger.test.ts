import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { EventStreamFixture } from '@cafe-lumiere/runtime/testing';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { order as orderSchema, LIFE, type Status, STATUSES } from './order.js';
import { PodsFixture } from './pods-fixture.js';

/** What a random day is made of. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('order' as const), clicks: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      order: fc.nat(),
      status: fc.constantFrom<Status>(...STATUSES),
      clicks: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    // Many guests at one pod in one moment, each with a key of their own, some of whom click twice: they are stored
    // together.
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('rush' as const),
      pod: fc.nat(1),
      clicks: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 5, maxLength: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), pod: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pause' as const), ms: fc.nat(60) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

const eventRows = z.array(
  z.object({ order_number: z.string(), status: z.enum(STATUSES), sequence: z.coerce.number() }),
);
const orderRows = z.array(
  z.object({ order_number: z.string(), idempotency_key: z.string(), status: z.enum(STATUSES) }),
);

describe('whatever guests and cooks do while pods are killed', () => {
  let server: PostgresFixture;
  let pods: PodsFixture;
  const agent = new Agent({ keepAliveTimeout: 500 });
  beforeAll(async () => {
    server = await PostgresFixture.start();
    pods = await PodsFixture.start(server.environment);
  });
  afterAll(async () => {
    await pods.end();
    await agent.destroy();
    await server.remove();
  });

  /** One click: tried again, with the same key, until there is an answer, as the page does. */
  const click = async (method: 'POST' | 'PUT', path: string, body: unknown, key?: string, first?: string) => {
    for (let url = first ?? pods.url; ; url = pods.url) {
      try {
        const answer = await request(`${url}${path}`, {
          method,
          dispatcher: agent,
          headers: {
            'content-type': 'application/json',
            ...(key === undefined ? {} : { 'idempotency-key': key }),
          },
          body: JSON.stringify(body),
          headersTimeout: 3000,
        });
        const text = await answer.body.text();
        if (answer.statusCode !== 503 && !(answer.statusCode === 409 && answer.headers['retry-after'])) {
          return { status: answer.statusCode, body: z.unknown().parse(JSON.parse(text)) };
        }
      } catch {
        // The pod was killed; the click is not over.
      }
      await pause(20);
    }
  };

  const live = async (steps: readonly Step[]) => {
    const acknowledged = new Map<string, Set<string>>();
    const numbers: string[] = [];
    const clicks: Promise<unknown>[] = [];
    /** Orders once, however often they click. */
    const guest = (count: number, url?: string): void => {
      const key = randomUUID();
      const body = { customer_name: 'Ada', items: [{ id: 1, quantity: count }] };
      acknowledged.set(key, new Set());
      for (let index = 0; index < count; index += 1) {
        clicks.push(
          click('POST', '/orders', body, key, url).then((answer) => {
            expect(answer).toMatchObject({ status: 201, body: { status: 'ordered' } });
            const { order_number } = orderSchema.parse(answer.body);
            acknowledged.get(key)?.add(order_number);
            numbers.push(order_number);
          }),
        );
      }
    };
    for (const each of steps) {
      if (each.kind === 'pause') await pause(each.ms);
      else if (each.kind === 'kill') clicks.push(pods.kill(each.pod));
      else if (each.kind === 'order') guest(each.clicks);
      else if (each.kind === 'rush') {
        const url = pods.urlOf(each.pod);
        for (const count of each.clicks) guest(count, url);
      } else if (numbers.length > 0) {
        const number = numbers[each.order % numbers.length] ?? '';
        for (let index = 0; index < each.clicks; index += 1) {
          clicks.push(
            click('PUT', `/orders/${number}`, { status: each.status }).then(({ status }) => {
              expect([200, 409]).toContain(status);
            }),
          );
        }
      }
    }
    await Promise.all(clicks);
    return acknowledged;
  };

  const balance = async (acknowledged: ReadonlyMap<string, ReadonlySet<string>>) => {
    const sql = server.client();
    try {
      const orders = orderRows.parse([
        ...(await sql`select order_number, idempotency_key, status from orders where idempotency_key = any(${[...acknowledged.keys()]})`),
      ]);
      expect(orders).toHaveLength(acknowledged.size);
      const events = eventRows.parse([
        ...(await sql`select order_number, event.status, sequence from order_events as event
          join orders on orders.id = order_id where sequence is not null order by sequence`),
      ]);
      for (const { order_number, idempotency_key, status } of orders) {
        // All clicks of one key were told the same order.
        expect([...(acknowledged.get(idempotency_key) ?? [])]).toEqual([order_number]);
        const history = events
          .filter((event) => event.order_number === order_number)
          .map((event) => event.status);
        const life = status === 'cancelled' ? ['ordered', status] : LIFE.slice(0, LIFE.indexOf(status) + 1);
        expect(history).toEqual(life);
      }
      return events;
    } finally {
      await sql.end();
    }
  };

  /** The most orders that one transaction has stored; an order that was changed since is not counted. */
  const largestBatch = async (): Promise<number> => {
    const sql = server.client();
    const [row] = z
      .array(z.object({ count: z.number() }))
      .parse([...(await sql`select count(*)::int from orders group by xmin::text order by 1 desc limit 1`)]);
    await sql.end();
    return row?.count ?? 0;
  };

  test('every acknowledged order is there once, every history is legal, and every stream saw it all', async () => {
    const streams = [1, 2, 3].map(() => new EventStreamFixture(() => `${pods.url}/orders/events`));
    await Promise.all(streams.map((stream) => stream.until((events) => events.length > 0)));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
        const acknowledged = await live(steps);
        // What a killed pod has not published, another one does within a second.
        const last = await click('POST', '/orders', {
          customer_name: 'Last',
          items: [{ id: 1, quantity: 1 }],
        });
        const { order_number } = orderSchema.parse(last.body);
        for (const stream of streams) {
          await stream.until(() => stream.of('order').some(({ data }) => data.includes(order_number)));
        }
        const events = await balance(acknowledged);
        for (const stream of streams) {
          const seen = stream
            .of('order')
            .map(({ id, data }) => ({ ...orderSchema.parse(JSON.parse(data)), sequence: id }))
            .map(({ order_number: number, status, sequence }) => ({
              order_number: number,
              status,
              sequence,
            }));
          expect(seen).toEqual(events.slice(0, seen.length));
          expect(seen.at(-1)?.sequence).toBe(events.at(-1)?.sequence);
          expect(stream.of('resync')).toHaveLength(1);
        }
      }),
      { numRuns: 8, endOnFailure: true },
    );
    await Promise.all(streams.map((stream) => stream.close()));
    // Else all of this says nothing about orders that are stored together.
    await expect(largestBatch()).resolves.toBeGreaterThan(4);
  });
});
