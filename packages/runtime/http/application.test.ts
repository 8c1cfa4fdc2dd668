import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { declareService } from '@cafe-lumiere/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Problem } from './problem.js';
import { validBody } from './request-body.js';
import { implementService } from '../service.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';

const counter = implementService(declareService({ name: 'counter', port: 8080 }), {
  version: '1.0.0',
  create() {
    const routes = new RoutesFixture();
    routes.post('/cups', async (context) => {
      context.body = await validBody(context, z.object({ count: z.number('must be a number') }));
    });
    routes.get('/cups/:id', (context, params) => {
      context.body = { id: params['id'] };
    });
    routes.get('/full', () => {
      throw new Problem(409, { detail: 'No cup is left.', members: { left: 0 } });
    });
    routes.get('/away', () => {
      throw Problem.unavailable('The cupboard does not answer.');
    });
    routes.get('/broken', () => {
      throw new Error('secret of the house');
    });
    return { pages: routes.list };
  },
});

let service: ServiceFixture;
beforeAll(async () => {
  service = await ServiceFixture.start(counter);
  await service.readyz(200);
});
afterAll(async () => {
  await service.drain();
});

describe('a wrong request is a problem', () => {
  const json = { 'content-type': 'application/json' };
  test.each([
    ['malformed JSON', 400, 'POST', '/cups', { body: '{"count":' }],
    ['JSON that is no object', 400, 'POST', '/cups', { body: '"three"' }],
    ['no body', 400, 'POST', '/cups', {}],
    ['no body that claims to be JSON', 400, 'POST', '/cups', { headers: json }],
    ['a body that is no gzip', 400, 'POST', '/cups', { body: 'x', headers: { 'content-encoding': 'gzip' } }],
    ['a body that reaches for the prototype', 400, 'POST', '/cups', { body: '{"__proto__":{"a":1}}' }],
    ['an unknown path', 404, 'GET', '/saucers', {}],
    ['another method', 405, 'DELETE', '/cups', {}],
    ['a method that nobody knows', 405, 'PROPFIND', '/cups', {}],
    ['another method on what is asked of its health', 405, 'POST', '/health', {}],
    ['a large body', 413, 'POST', '/cups', { body: JSON.stringify({ count: 'x'.repeat(65 * 1024) }) }],
    ['text', 415, 'POST', '/cups', { body: 'count=1', headers: { 'content-type': 'text/plain' } }],
    [
      'a form',
      415,
      'POST',
      '/cups',
      { body: 'count=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
    ['an unknown encoding', 415, 'POST', '/cups', { body: '{}', headers: { 'content-encoding': 'zip' } }],
    ['a wrong type', 422, 'POST', '/cups', { body: { count: 'three' } }],
    ['an array for an object', 422, 'POST', '/cups', { body: [] }],
  ] as const)('%s: %i', async (_, status, method, path, request) => {
    const answer = await service.send(method, path, request);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.problem).toMatchObject({ type: 'about:blank', status, instance: path });
    expect(answer.problem.error).toBe(answer.problem.detail);
  });

  test('a body that is small only while it is compressed: 413', async () => {
    const response = await fetch(`${service.url}/cups`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify({ count: 'x'.repeat(1_000_000) })),
    });
    expect(response.status).toBe(413);
  });

  test('a request target that is no URL: 400', async () => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    socket.write('GET http://[ HTTP/1.1\r\nHost: counter\r\nConnection: close\r\n\r\n');
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('application/problem+json');
  });

  test('a 405 says what is allowed', async () => {
    const answer = await service.send('DELETE', '/cups/7');
    expect(answer.headers.get('allow')).toBe('HEAD, GET, OPTIONS');
  });

  test('a 422 says which field', async () => {
    const { problem } = await service.send('POST', '/cups', { body: { count: 'three' } });
    expect(problem.errors).toEqual([{ path: 'count', message: 'must be a number' }]);
  });
});

test('a problem of a route carries its members', async () => {
  const answer = await service.send('GET', '/full');
  expect(answer.status).toBe(409);
  expect(answer.body).toEqual({
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    detail: 'No cup is left.',
    instance: '/full',
    error: 'No cup is left.',
    left: 0,
  });
});

test('a 503 says when to come back', async () => {
  const answer = await service.send('GET', '/away');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
});

test('what nobody thought of is a 500 that tells nothing', async () => {
  const answer = await service.send('GET', '/broken');
  expect(answer.status).toBe(500);
  expect(answer.text).not.toMatch(/secret|at .*\.ts/);
});

test('JSON by another name is read', async () => {
  const headers = { 'content-type': 'application/merge-patch+json; charset=utf-8' };
  const answer = await service.send('POST', '/cups', { body: { count: 3 }, headers });
  expect(answer.body).toEqual({ count: 3 });
});

test('HEAD has no body, OPTIONS says what there is', async () => {
  const head = await service.send('HEAD', '/cups/7');
  expect([head.status, head.text]).toEqual([200, '']);
  const options = await service.send('OPTIONS', '/cups');
  expect([options.status, options.headers.get('allow')]).toEqual([204, 'POST, OPTIONS']);
});

test('the id of a request comes back, and a harmful one does not', async () => {
  const given = await service.send('GET', '/cups/7', { headers: { 'x-request-id': 'abc-123' } });
  expect(given.headers.get('x-request-id')).toBe('abc-123');
  const harmful = await service.send('GET', '/cups/7', { headers: { 'x-request-id': 'a"b{}' } });
  expect(harmful.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
});

test('metrics count by the route’s pattern', async () => {
  const name = 'http_requests_total{method="GET",path="/cups/:id",status="200"}';
  const before = (await service.metric(name)) ?? 0;
  await service.send('GET', '/cups/1');
  await service.send('GET', '/cups/2');
  await expect(service.metric(name)).resolves.toBe(before + 2);
});

test('failures are counted from zero, so that the first ones are seen to be new', async () => {
  for (const status of [500, 502, 503, 504]) {
    const name = `http_requests_total{method="POST",path="/cups",status="${status}"}`;
    await expect(service.metric(name)).resolves.toBe(0);
  }
});

test('a connection is told to close only while the service drains', async () => {
  const answer = await service.send('GET', '/cups/1');
  expect(answer.headers.get('connection')).toBe('keep-alive');
});
