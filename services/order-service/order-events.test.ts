import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { EventStreamFixture } from '@cafe-lumiere/runtime/testing';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { order as orderSchema, type Order } from './order.js';
import { orderServer } from './order-service.js';

describe('the events of orders', () => {
  let server: PostgresFixture;
  let pods: ServiceFixture[];
  const streams: EventStreamFixture[] = [];

  beforeAll(async () => {
    server = await PostgresFixture.start();
    pods = await Promise.all([1, 2].map(() => ServiceFixture.start(orderServer, server.environment)));
    await Promise.all(pods.map((pod) => pod.readyz(200)));
  });
  afterEach(async () => {
    await Promise.all(streams.splice(0).map((stream) => stream.close()));
  });
  afterAll(async () => {
    await Promise.all(pods.map((pod) => pod.drain()));
    await server.remove();
  });

  const pod = (index: number): ServiceFixture => {
    const found = pods[index];
    if (!found) throw new Error('there are two pods');
    return found;
  };
  const streamOf = async (index: number, lastEventId?: number): Promise<EventStreamFixture> => {
    const stream = new EventStreamFixture(
      () => `${pod(index).url}/orders/events`,
      lastEventId === undefined ? {} : { lastEventId },
    );
    streams.push(stream);
    await stream.until((events) => events.length > 0);
    return stream;
  };
  const place = async (index = 0): Promise<Order> => {
    const body = { customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] };
    return orderSchema.parse((await pod(index).send('POST', '/orders', { body })).body);
  };
  const advance = (order: Order, status: string, index = 0) =>
    pod(index).send('PUT', `/orders/${order.order_number}`, { body: { status } });
  const seenOf = (stream: EventStreamFixture): readonly Order[] =>
    stream.of('order').map(({ data }) => orderSchema.parse(JSON.parse(data)));
  const statusesOf = (stream: EventStreamFixture, { order_number }: Order): readonly string[] =>
    seenOf(stream).flatMap((seen) => (seen.order_number === order_number ? [seen.status] : []));

  test('reach the streams of every pod, each change with the order as it was then', async () => {
    const [here, there] = [await streamOf(0), await streamOf(1)];
    expect(here.events[0]).toMatchObject({ event: 'resync', id: expect.any(Number) });
    const order = await place();
    // Both at once: what is shown of the first is not the state after the second.
    await advance(order, 'preparing', 1);
    await advance(order, 'ready');
    // Changes nothing, so there is no event.
    await advance(order, 'ready');
    await advance(order, 'served', 1);
    for (const stream of [here, there]) {
      await stream.until(() => statusesOf(stream, order).length >= 4);
      expect(statusesOf(stream, order)).toEqual(['ordered', 'preparing', 'ready', 'served']);
      expect(seenOf(stream)[0]).toEqual(order);
    }
    expect(here.of('order')).toEqual(there.of('order'));
  });

  test('continue after a Last-Event-ID, at another pod as well, without a gap and without a repetition', async () => {
    const before = await streamOf(0);
    const order = await place();
    await before.until(() => statusesOf(before, order).length === 1);
    const last = before.of('order').at(-1)?.id;
    await before.close();
    await advance(order, 'preparing');
    await advance(order, 'ready');
    const after = await streamOf(1, last);
    await after.until(() => statusesOf(after, order).length >= 2);
    expect(after.of('resync')).toEqual([]);
    expect(statusesOf(after, order)).toEqual(['preparing', 'ready']);
  });

  test('of a client that comes from nowhere, or from a database that is ahead, begin with a resync', async () => {
    for (const last of [undefined, 999_999_999]) {
      const stream = await streamOf(0, last);
      expect(stream.events[0]?.event).toBe('resync');
    }
  });

  test('come through a restart of the database', async () => {
    const stream = await streamOf(1);
    await server.stop();
    await server.startAgain();
    await pod(0).readyz(200);
    const order = await place();
    await stream.until(() => statusesOf(stream, order).length === 1);
    // The stream itself went on.
    expect(stream.connections).toBe(1);
  });

  test('that a pod stored and did not publish before it was killed are published by the others', async () => {
    const stream = await streamOf(0);
    const sql = server.client();
    await sql`
      with placed as (
        insert into orders (order_number, customer_name, items, total_cents)
        values ('DEA-D00', 'Ada', '[]', 350) returning *
      ) insert into order_events (order_id, status, at) select id, status, created_at from placed`;
    await sql.end();
    // Orders of the tests before may still be on their way.
    const ofTheDead = (): readonly Order[] =>
      seenOf(stream).filter(({ order_number }) => order_number === 'DEA-D00');
    await stream.until(() => ofTheDead().length > 0);
    expect(ofTheDead()).toHaveLength(1);
  });

  test('are numbered in the order of their commits, whatever was begun first', async () => {
    const stream = await streamOf(0);
    const sql = server.client();
    const early = await place();
    const slow = sql.begin(async (transaction) => {
      await transaction`
        insert into order_events (order_id, status, at) values (${early.id}, 'preparing', now())`;
      const late = await place();
      await stream.until(() => statusesOf(stream, late).length === 1);
    });
    await slow;
    await sql.end();
    // The row that was written first is seen after the one that was committed first, and it is seen.
    await stream.until(() => statusesOf(stream, early).length === 2);
    const ids = stream.of('order').map(({ id }) => id ?? 0);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  });

  test('end with the drain, and the client goes on elsewhere without a gap', async () => {
    const third = await ServiceFixture.start(orderServer, server.environment);
    await third.readyz(200);
    const state = { url: third.url };
    const stream = new EventStreamFixture(() => `${state.url}/orders/events`);
    streams.push(stream);
    await stream.until((events) => events.length > 0);
    const order = await place();
    await stream.until(() => statusesOf(stream, order).length === 1);
    state.url = pod(0).url;
    await advance(order, 'preparing');
    await third.drain();
    await advance(order, 'ready');
    await stream.until(() => statusesOf(stream, order).length >= 3);
    expect(statusesOf(stream, order)).toEqual(['ordered', 'preparing', 'ready']);
    expect(stream.of('resync')).toHaveLength(1);
    await expect(pod(0).metric('event_streams_open')).resolves.toBe(1);
  });
});
