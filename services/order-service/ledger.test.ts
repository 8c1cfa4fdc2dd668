import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { EventStreamFixture } from '../runtime/event-stream-fixture.js';
import { PostgresFixture } from '../runtime/postgres-fixture.js';
import { ProcessFixture } from '../runtime/process-fixture.js';
import { order as orderSchema, type Status, STATUSES } from './order.js';

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

/** Two order-service processes that are started again when they were killed, as Kubernetes does. */
class Pods {
  private readonly pods: ProcessFixture[] = [];
  private readonly replacing = new Set<number>();
  private turn = 0;

  static async start(environment: Record<string, string>): Promise<Pods> {
    const pods = new Pods(environment);
    for (const index of [0, 1]) await pods.replace(index);
    return pods;
  }

  private constructor(private readonly environment: Record<string, string>) {}

  /** One after the other, as a balancer does that does not know yet which one is dead. */
  get url(): string {
    this.turn += 1;
    return this.pods[this.turn % 2]?.url ?? '';
  }

  /** Kills a pod. One that is being started again already is left alone. */
  async kill(index: number): Promise<void> {
    const pod = this.pods[index];
    if (!pod || this.replacing.has(index)) return;
    this.replacing.add(index);
    pod.signal('SIGKILL');
    await pod.exited;
    await this.replace(index);
    this.replacing.delete(index);
  }

  async end(): Promise<void> {
    for (const pod of this.pods) pod.signal('SIGKILL');
    await Promise.all(this.pods.map(({ exited }) => exited));
  }

  private async replace(index: number): Promise<void> {
    const pod = await ProcessFixture.start('order-service', this.environment);
    this.pods[index] = pod;
    await pod.readyz(200);
  }
}

describe('whatever guests and cooks do while pods are killed', () => {
  let server: PostgresFixture;
  let pods: Pods;
  const agent = new Agent({ keepAliveTimeout: 500 });
  beforeAll(async () => {
    server = await PostgresFixture.start();
    pods = await Pods.start(server.environment);
  });
  afterAll(async () => {
    await pods.end();
    await agent.destroy();
    await server.remove();
  });

  /** One click: tried again, with the same key, until there is an answer, as the page does. */
  const click = async (method: 'POST' | 'PUT', path: string, body: unknown, key?: string) => {
    for (;;) {
      try {
        const answer = await request(`${pods.url}${path}`, {
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
    for (const each of steps) {
      if (each.kind === 'pause') await pause(each.ms);
      else if (each.kind === 'kill') clicks.push(pods.kill(each.pod));
      else if (each.kind === 'order') {
        const key = randomUUID();
        const body = { customer_name: 'Ada', items: [{ id: 1, quantity: each.clicks }] };
        acknowledged.set(key, new Set());
        for (let index = 0; index < each.clicks; index += 1) {
          clicks.push(
            click('POST', '/orders', body, key).then((answer) => {
              expect(answer).toMatchObject({ status: 201, body: { status: 'ordered' } });
              const { order_number } = orderSchema.parse(answer.body);
              acknowledged.get(key)?.add(order_number);
              numbers.push(order_number);
            }),
          );
        }
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
        expect(history).toEqual(STATUSES.slice(0, STATUSES.indexOf(status) + 1));
      }
      return events;
    } finally {
      await sql.end();
    }
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
  }, 120_000);
});
