import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { SERVER_KEEP_ALIVE_MS } from '@cafe-lumiere/contract';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SERVER_LIMITS } from './limits.js';
import { createHttpServer, type ServerLimits } from './server.js';

const cleanups: (() => unknown)[] = [];
let ended = new AbortController();
afterEach(async () => {
  ended.abort();
  ended = new AbortController();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Waits for it, and not for longer than its test. */
const until = async (condition: () => boolean): Promise<void> => {
  const { signal } = ended;
  while (!condition()) await pause(5, undefined, { signal });
};

/** Answers when the request is there to its end; `/stream` never ends. */
const answer: RequestListener = (request, response) => {
  if (request.url === '/stream') response.write('hello\n');
  else request.resume().once('end', () => response.end('here'));
};

async function start(limits: Partial<ServerLimits> = {}): Promise<number> {
  const server = createHttpServer(limits).on('request', answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  cleanups.push(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** A connection, what has come over it, and whether it is closed. */
function open(port: number, text = '') {
  const socket: Socket = connect(port, '127.0.0.1');
  cleanups.push(() => socket.destroy());
  const connection = { socket, text: '', closed: false };
  socket.on('data', (data: Buffer) => (connection.text += data.toString()));
  socket.on('error', () => undefined);
  socket.on('close', () => (connection.closed = true));
  if (text !== '') socket.write(text);
  return connection;
}
const GET = 'GET / HTTP/1.1\r\nHost: counter\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: counter\r\nContent-Length: 10\r\n\r\n';
const STREAM = 'GET /stream HTTP/1.1\r\nHost: counter\r\n\r\n';

describe('who is slow', () => {
  const quick = { headersMs: 200, requestMs: 300, checkMs: 20 };

  test.each([
    ['to say anything', ''],
    ['to say what it wants', 'GET / HTTP/1.1\r\nHost: cou'],
    ['to send what it has', `${POST}12345`],
  ])('%s is given up', async (_, text) => {
    const connection = open(await start(quick), text);
    await until(() => connection.closed);
    expect(connection.text).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  test('to send it byte by byte is given up, too', async () => {
    const connection = open(await start(quick), POST);
    const { signal } = ended;
    while (!connection.closed) {
      connection.socket.write('1');
      await pause(100, undefined, { signal });
    }
    expect(connection.text).not.toContain('here');
  });

  test('but has asked is answered, and keeps its stream', async () => {
    const port = await start(quick);
    const stream = open(port, STREAM);
    await until(() => stream.text.includes('hello'));
    const slow = open(port, POST);
    await until(() => slow.closed);
    expect(stream.closed).toBe(false);
  });

  test('is given up within 15 s where nobody says otherwise, and kept connections are kept', () => {
    const server = createHttpServer();
    expect(server.headersTimeout).toBeLessThan(server.requestTimeout);
    expect(server.requestTimeout + SERVER_LIMITS.checkMs).toBeLessThanOrEqual(15_000);
    expect(server.keepAliveTimeout).toBe(SERVER_KEEP_ALIVE_MS);
  });
});

describe('connections that do nothing', () => {
  test('3,000 of them stop no guest, neither one who comes nor one who has been there', async () => {
    // Long enough that none of them is given up before, on however busy a machine.
    const port = await start({ headersMs: 300_000, requestMs: 300_000, silentMs: 300_000 });
    const guest = open(port, GET);
    await until(() => guest.text.includes('here'));
    const idle: ReturnType<typeof open>[] = [];
    // A turn for each hundred: the kernel loses what it has to keep for a server that does not look.
    while (idle.length < 3000) {
      idle.push(...Array.from({ length: 100 }, () => open(port)));
      const evicted = Math.max(0, idle.length + 1 - SERVER_LIMITS.connections);
      await until(() => idle.every(({ socket }) => !socket.connecting));
      await until(() => idle.filter(({ closed }) => closed).length === evicted);
    }
    const newcomer = open(port, GET);
    await until(() => newcomer.text.includes('here'));
    guest.text = '';
    guest.socket.write(GET);
    await until(() => guest.text.includes('here'));
    expect(idle[0]?.closed).toBe(true);
    expect(idle.at(-1)?.closed).toBe(false);
  });

  test('go in their order: unused, waiting, receiving; streams stay, and then nobody comes in', async () => {
    const port = await start({ connections: 4 });
    const stream = open(port, STREAM);
    const receiving = open(port, POST);
    const waiting = open(port, GET);
    await until(() => waiting.text.includes('here') && stream.text.includes('hello'));
    const unused = open(port);
    await once(unused.socket, 'connect');
    for (const victim of [unused, waiting, receiving]) {
      const another = open(port, STREAM);
      await until(() => victim.closed && another.text.includes('hello'));
    }
    expect(stream.closed).toBe(false);
    const refused = open(port, GET);
    await until(() => refused.closed);
    expect(refused.text).toBe('');
  });
});

test('a connection is asked to make way for another one after a while', async () => {
  const port = await start({ requestsPerConnection: 3 });
  const connection = open(port);
  for (let count = 1; count <= 3; count += 1) {
    connection.text = '';
    connection.socket.write(GET);
    await until(() => connection.text.endsWith('here'));
    expect(/^connection: close/im.test(connection.text)).toBe(count === 3);
  }
});

test('headers without end are refused', async () => {
  const port = await start();
  const connection = open(port, `GET / HTTP/1.1\r\nHost: counter\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
  await until(() => connection.closed);
  expect(connection.text).toMatch(/^HTTP\/1\.1 431 /);
});
