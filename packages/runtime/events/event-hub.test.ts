import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { declareService } from '@cafe-lumiere/contract';
import { afterEach, describe, expect, test } from '@jest/globals';
import { implementService } from '../service.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';
import { EventHub, type EventHubOptions } from './event-hub.js';

interface Cup {
  readonly text: string;
}
const everything = (cup: Cup): Cup => cup;
const cupOf = (length: number): Cup => ({ text: 'x'.repeat(length) });

const cleanups: (() => unknown)[] = [];
let ended = new AbortController();
afterEach(async () => {
  ended.abort();
  ended = new AbortController();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A service that streams cups at `/events`, and at `/staff` to those for whom places are kept. */
async function start(limits: EventHubOptions['limits'] = {}) {
  const open = { count: 0, inc: () => (open.count += 1), dec: () => (open.count -= 1) };
  const made: { hub?: EventHub<Cup> } = {};
  const service = await ServiceFixture.start(
    implementService(declareService({ name: 'counter', port: 8080 }), {
      version: '1.0.0',
      create({ draining }) {
        const clientOf: EventHubOptions['clientOf'] = (context) => context.get('x-client') || 'somebody';
        const hub = new EventHub<Cup>({ event: 'cup', draining, open, limits, clientOf });
        made.hub = hub;
        const routes = new RoutesFixture();
        routes.get('/events', (context) => {
          hub.stream(context, everything);
        });
        routes.get('/staff', (context) => {
          hub.stream(context, everything, { reserved: true });
        });
        return { pages: routes.list };
      },
    }),
  );
  cleanups.push(() => service.drain());
  if (!made.hub) throw new Error('the service has made no hub');
  return { service, hub: made.hub, open };
}

/** A client that reads nothing until it is told to, and then counts what comes. */
class Client {
  /** Characters that have come. */
  length = 0;
  /** The types of the events that have come. */
  readonly types: string[] = [];
  closed = false;
  /** The line that has not come to its end. */
  private line = '';

  constructor(
    private readonly socket: Socket,
    headers: Readonly<Record<string, string>>,
  ) {
    socket.on('error', () => undefined);
    socket.on('close', () => (this.closed = true));
    socket.on('data', (data: Buffer) => {
      this.take(data.toString());
    });
    socket.pause();
    const lines = Object.entries({ Host: 'counter', ...headers }).map(([name, value]) => `${name}: ${value}`);
    socket.write(['GET /events HTTP/1.1', ...lines, '', ''].join('\r\n'));
    cleanups.push(() => socket.destroy());
  }

  read(): void {
    this.socket.resume();
  }

  private take(text: string): void {
    this.length += text.length;
    const lines = (this.line + text).split('\n');
    this.line = lines.pop() ?? '';
    for (const line of lines) {
      const [, type] = /^event: (\w+)$/.exec(line) ?? [];
      if (type !== undefined) this.types.push(type);
    }
  }
}

const clients = (url: string, count: number, headers: Readonly<Record<string, string>> = {}): Client[] =>
  Array.from({ length: count }, () => new Client(connect(Number(new URL(url).port), '127.0.0.1'), headers));
/** Waits for it, and not for longer than its test. */
const until = async (condition: () => boolean): Promise<void> => {
  const { signal } = ended;
  while (!condition()) await pause(10, undefined, { signal });
};

describe('clients that do not read', () => {
  const KEPT = 1500;
  const SIZE = 1000;
  const remembered = Array.from({ length: KEPT }, (_, index) => ({ id: index + 1, payload: cupOf(SIZE) }));

  test('400 that return and have missed much are sent next to nothing, and read anew', async () => {
    const { service, hub, open } = await start({ streamsOfOneClient: 400 });
    hub.begin(KEPT, remembered);
    const far = clients(service.url, 390, { 'Last-Event-ID': '1' });
    const near = clients(service.url, 10, { 'Last-Event-ID': String(KEPT - 20) });
    await until(() => open.count === 400);
    for (const client of [...far, ...near]) client.read();
    await until(() => [...far, ...near].every(({ types }) => types.length > 0));
    hub.add(KEPT + 1, cupOf(SIZE));
    await until(() => [...far, ...near].every(({ types }) => types.at(-1) === 'cup'));
    for (const { types } of far) expect(types).toEqual(['resync', 'cup']);
    for (const { types } of near) expect(types).toEqual(Array(21).fill('cup'));
    const bytes = far.reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(far.length * (2 * SIZE + 1000));
  });

  test('cost a bounded amount, and read anew when they read again', async () => {
    const limits = { unreadBytes: 32 * 1024, unreadBytesInAll: 256 * 1024 };
    const { service, hub, open } = await start(limits);
    hub.begin(0);
    const slow = clients(service.url, 16);
    const quick = clients(service.url, 1);
    quick.forEach((client) => {
      client.read();
    });
    await until(() => open.count === 17);
    // More than the kernel takes for each of them, and a turn for those who read after each.
    const size = 100_000;
    for (let id = 1; id <= 100; id += 1) {
      hub.add(id, cupOf(size));
      await until(() => quick.every(({ types }) => types.filter((type) => type === 'cup').length === id));
      expect(hub.unreadBytes).toBeLessThan(17 * (limits.unreadBytesInAll / 17 + size + 1000));
    }
    for (const client of slow) client.read();
    await until(() => slow.every(({ types }) => types.filter((type) => type === 'resync').length === 2));
    hub.add(101, cupOf(1));
    await until(() => slow.every(({ types }) => types.at(-1) === 'cup'));
    expect(hub.unreadBytes).toBeLessThan(limits.unreadBytes);
    for (const { types } of slow) expect(types.length).toBeLessThan(100);
    expect(quick[0]?.types.filter((type) => type === 'cup')).toHaveLength(101);
  });

  test('are cut off after a while', async () => {
    const { service, hub, open } = await start({ unreadMs: 300 });
    hub.begin(0);
    clients(service.url, 5);
    const [reader] = clients(service.url, 1);
    reader?.read();
    await until(() => open.count === 6);
    for (let id = 1; id <= 100; id += 1) {
      hub.add(id, cupOf(100_000));
      await pause(1);
    }
    await until(() => open.count === 1);
    expect(reader?.closed).toBe(false);
    expect(hub.unreadBytes).toBe(0);
  });
});

describe('places', () => {
  const limits = { streams: 6, reservedStreams: 2, streamsOfOneClient: 3 };
  const get = async (url: string, client: string): Promise<Response> => {
    const stop = new AbortController();
    cleanups.push(() => {
      stop.abort();
    });
    return fetch(url, { headers: { 'x-client': client }, signal: stop.signal });
  };

  test('no client has them all, and some are kept for those who work', async () => {
    const { service, open } = await start(limits);
    const status = async (path: string, client: string) =>
      (await get(`${service.url}${path}`, client)).status;
    for (let count = 0; count < 3; count += 1) expect(await status('/events', 'a')).toBe(200);
    const refused = await get(`${service.url}/events`, 'a');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await status('/events', 'b')).toBe(200);
    const full = await get(`${service.url}/events`, 'c');
    expect(full.status).toBe(503);
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(0);
    expect([await status('/staff', 'd'), await status('/staff', 'd'), await status('/staff', 'd')]).toEqual([
      200, 200, 503,
    ]);
    expect(open.count).toBe(6);
  });

  test('are free again when a stream ends, also one that was only asked for its head', async () => {
    const { service, open } = await start({ ...limits, streamsOfOneClient: 1 });
    for (let count = 0; count < 3; count += 1) {
      const head = await fetch(`${service.url}/events`, { method: 'HEAD' });
      expect(head.status).toBe(200);
    }
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.write('GET /events HTTP/1.1\r\nHost: counter\r\n\r\n');
    await once(socket, 'data');
    expect((await fetch(`${service.url}/events`)).status).toBe(429);
    socket.destroy();
    await until(() => open.count === 0);
    const again = await get(`${service.url}/events`, '');
    expect(again.status).toBe(200);
  });
});
