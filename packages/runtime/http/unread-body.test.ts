import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { declareService } from '@cafe-lumiere/contract';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { implementService } from '../service.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';
import { rawBody, validBody } from './request-body.js';

const counter = implementService(declareService({ name: 'counter', port: 8080 }), {
  version: '1.0.0',
  create() {
    const routes = new RoutesFixture();
    routes.post('/read', async (context) => {
      context.body = await validBody(context, z.looseObject({}));
    });
    routes.post('/passed', async (context) => {
      context.body = (await rawBody(context)).bytes;
    });
    return { pages: routes.list };
  },
});

const sockets: Socket[] = [];
let service: ServiceFixture;
beforeAll(async () => {
  service = await ServiceFixture.start(counter);
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(async () => {
  await service.drain();
});

/** A connection, what has come over it, and whether it is closed. */
function open() {
  const socket = connect(service.service.port, '127.0.0.1');
  sockets.push(socket);
  const connection = { socket, text: '', closed: false, error: undefined as Error | undefined };
  socket.on('data', (data: Buffer) => (connection.text += data.toString()));
  socket.on('error', (error) => (connection.error = error));
  socket.on('close', () => (connection.closed = true));
  return connection;
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await pause(5);
};
const head = (path: string, ...headers: string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: counter', 'Content-Type: application/json', ...headers, '', ''].join(
    '\r\n',
  );
const chunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
const lastChunk = Buffer.from('0\r\n\r\n');

const large = Buffer.alloc(300_000, ' ');
const small = gzipSync(Buffer.alloc(1_000_000, ' '));
const incompressible = gzipSync(randomBytes(300_000));

describe.each(['/read', '/passed', '/nowhere'])('a body that is not read to its end, at %s', (path) => {
  test.each([
    ['large', head(path, `Content-Length: ${large.length}`), large],
    ['in chunks', head(path, 'Transfer-Encoding: chunked'), Buffer.concat([chunk(large), lastChunk])],
    ['compressed', head(path, 'Content-Encoding: gzip', `Content-Length: ${small.length}`), small],
    [
      'large when compressed',
      head(path, 'Content-Encoding: gzip', `Content-Length: ${incompressible.length}`),
      incompressible,
    ],
  ])('%s: is answered, and the connection goes on or is closed', async (_, headers, body) => {
    const connection = open();
    connection.socket.write(headers);
    // As a client that does not look before it has sent everything.
    connection.socket.pause().write(body);
    await pause(50);
    connection.socket.resume();
    await until(() => connection.text.includes('\r\n\r\n'));
    expect(connection.text).toMatch(path === '/nowhere' ? /^HTTP\/1\.1 404 / : /^HTTP\/1\.1 (413|200) /);
    if (/^connection: close/im.test(connection.text)) {
      await until(() => connection.closed);
    } else {
      const before = connection.text.length;
      connection.socket.write('GET /health HTTP/1.1\r\nHost: counter\r\n\r\n');
      await until(() => connection.text.slice(before).includes('"ready"'));
    }
    expect(connection.error).toBeUndefined();
  });
});

test('who looks for an answer only after sending everything finds it', async () => {
  const connection = open();
  connection.socket.pause();
  connection.socket.write(head('/read', 'Transfer-Encoding: chunked'));
  for (let turn = 0; turn < 5; turn += 1) {
    connection.socket.write(chunk(large.subarray(0, 70_000)));
    await pause(50);
  }
  connection.socket.write(lastChunk);
  connection.socket.resume();
  await until(() => connection.closed);
  expect(connection.text).toMatch(/^HTTP\/1\.1 413 /);
  expect(connection.error).toBeUndefined();
});

test('who never stops sending is not read for ever', async () => {
  const connection = open();
  connection.socket.write(head('/read', 'Transfer-Encoding: chunked'));
  while (!connection.closed) {
    if (!connection.socket.write(chunk(large))) {
      await Promise.race([once(connection.socket, 'drain'), once(connection.socket, 'close')]).catch(
        () => undefined,
      );
    }
  }
  expect(connection.text).toMatch(/^HTTP\/1\.1 413 /);
});

test('two Host headers are refused', async () => {
  const connection = open();
  connection.socket.write('GET /health HTTP/1.1\r\nHost: counter\r\nHOST: other\r\n\r\n');
  await until(() => connection.closed);
  expect(connection.text).toMatch(/^HTTP\/1\.1 400 /);
  expect(connection.text).toContain('more than one Host');
});
