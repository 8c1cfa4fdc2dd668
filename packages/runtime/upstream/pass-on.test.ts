import { declareService } from '@cafe-lumiere/contract';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rawBody } from '../http/request-body.js';
import { implementService } from '../service.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';
import { ask, passOn } from './pass-on.js';
import { Upstream } from './upstream.js';

/** What the service behind was asked, and how it answers next. */
const behind = {
  asked: [] as { readonly request: IncomingMessage; readonly body: Buffer }[],
  answer: (response: ServerResponse): void => void response.end(),
};
const server = createServer((request, response) => {
  if (request.url === '/health') {
    response.end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    behind.asked.push({ request, body: Buffer.concat(chunks) });
    behind.answer(response);
  });
});

const front = implementService(declareService({ name: 'front', port: 8080 }), {
  version: '1.0.0',
  create({ name, log, metrics }) {
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const url = `http://127.0.0.1:${port}`;
    const counter = new Upstream({ from: name, to: 'counter', url, timeoutMs: 5000, log, metrics });
    const routes = new RoutesFixture();
    routes.get('/cups', (context) => passOn(context, counter, { method: 'GET', path: '/cups' }));
    routes.post('/cups', async (context) => {
      await passOn(context, counter, { method: 'POST', path: '/cups', content: await rawBody(context) });
    });
    routes.get('/read', async (context) => {
      context.body = { read: (await ask(context, counter, { method: 'GET', path: '/cups' })).body ?? 'none' };
    });
    return { pages: routes.list, close: () => counter.close() };
  },
});

let service: ServiceFixture;
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  service = await ServiceFixture.start(front);
});
beforeEach(() => {
  behind.asked.length = 0;
});
afterAll(async () => {
  await service.drain();
  server.closeAllConnections();
  server.close();
});

describe('an answer that is passed on', () => {
  // No JSON.stringify writes it like this.
  const bytes = '{ "price": 3.50,\n  "price": 1e0 }';

  test('is the same bytes, status and type, and only the headers that mean something', async () => {
    behind.answer = (response) =>
      response
        .writeHead(418, {
          'content-type': 'application/json; profile="x"',
          'retry-after': '7',
          'x-envoy-overloaded': 'true',
          link: '<?before=1>; rel="next"',
          'set-cookie': 'a=b',
          server: 'behind',
        })
        .end(bytes);
    const answer = await service.send('GET', '/cups');
    expect([answer.status, answer.text]).toEqual([418, bytes]);
    const header = (name: string) => answer.headers.get(name);
    expect(header('content-type')).toBe('application/json; profile="x"');
    expect([header('retry-after'), header('link')]).toEqual(['7', '<?before=1>; rel="next"']);
    expect(header('x-envoy-overloaded')).toBe('true');
    expect([header('set-cookie'), header('server')]).toEqual([null, null]);
  });

  test('is read by nobody: what is no JSON is passed on as well', async () => {
    const binary = Buffer.from([0, 255, 254, 195, 40]);
    behind.answer = (response) => response.writeHead(200, { 'content-type': 'image/x' }).end(binary);
    const answer = await fetch(`${service.url}/cups`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(binary);
    expect(answer.headers.get('content-type')).toBe('image/x');
  });

  test('is as empty as it came', async () => {
    behind.answer = (response) => response.writeHead(404).end();
    const answer = await service.send('GET', '/cups');
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([404, '', null]);
    behind.answer = (response) => response.writeHead(204).end();
    expect((await service.send('GET', '/cups')).status).toBe(204);
  });
});

describe('a body that is passed on', () => {
  beforeEach(() => {
    behind.answer = (response) => response.writeHead(201).end();
  });

  test('is the same bytes and type, judged by the service behind alone', async () => {
    for (const [type, body] of [
      ['application/json', '{ "size": 1.0 }'],
      ['application/json', '{ no JSON'],
      ['text/plain', 'cup'],
    ] as const) {
      await service.send('POST', '/cups', { body, headers: { 'content-type': type } });
      const { request, body: arrived } = behind.asked.at(-1) ?? {};
      expect([request?.headers['content-type'], arrived?.toString()]).toEqual([type, body]);
    }
  });

  test('stays compressed', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    await fetch(`${service.url}/cups`, { method: 'POST', headers, body: gzipSync('{"size":1}') });
    const [asked] = behind.asked;
    expect(asked?.request.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(asked?.body ?? '').toString()).toBe('{"size":1}');
  });

  test('is not larger than what any other route takes', async () => {
    const answer = await service.send('POST', '/cups', { body: 'x'.repeat(64 * 1024 + 1) });
    expect(answer.status).toBe(413);
    expect(behind.asked).toHaveLength(0);
    expect((await service.send('POST', '/cups', { body: 'x'.repeat(64 * 1024) })).status).toBe(201);
  });
});

describe('an answer that is read', () => {
  test('is JSON, or nothing', async () => {
    behind.answer = (response) => response.end('{"size":1}');
    expect((await service.send('GET', '/read')).body).toEqual({ read: { size: 1 } });
    behind.answer = (response) => response.end();
    expect((await service.send('GET', '/read')).body).toEqual({ read: 'none' });
  });

  test('and is no JSON, is a 503 that names who answered', async () => {
    behind.answer = (response) => response.writeHead(200).end('<html>');
    const { status, problem } = await service.send('GET', '/read');
    expect([status, problem.detail]).toEqual([503, 'counter answered 200 with something that is no JSON.']);
  });
});
