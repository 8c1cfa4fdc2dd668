import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../testing/free-port.js';
import { createLog } from '../log.js';
import { Metrics } from '../metrics.js';
import { Problem } from '../http/problem.js';
import { Upstream } from './upstream.js';
import type { UpstreamRequest } from './upstream-call.js';

/** A neighbour that counts what it is asked, pings not included, and behaves as the test says. */
class Neighbour {
  readonly calls: IncomingMessage[] = [];

  static async start(answer: (response: ServerResponse, call: number) => void, port = 0): Promise<Neighbour> {
    const server = createServer((request, response) => {
      if (request.url === '/health') response.end('{}');
      else answer(response, neighbour.calls.push(request));
    });
    const neighbour = new Neighbour(server);
    await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
    return neighbour;
  }

  private constructor(private readonly server: Server) {}

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
/** The bytes of an answer that says which call it answers. */
const ofCall = (call: number): Buffer => Buffer.from(JSON.stringify({ call }));
const get: UpstreamRequest = { method: 'GET', path: '/orders' };
const post: UpstreamRequest = { method: 'POST', path: '/orders', body: { a: 1 } };

describe('a call to another service', () => {
  const cleanups: (() => unknown)[] = [];
  const metrics = new Metrics({ processMetrics: false });
  const upstream = (
    url: string,
    timeoutMs = 2000,
    options: { readonly retriesUnavailable?: boolean } = {},
  ): Upstream => {
    const log = createLog('caller', '1', 'silent');
    const made = new Upstream({
      from: 'caller',
      to: 'order-service',
      url,
      timeoutMs,
      log,
      metrics,
      ...options,
    });
    cleanups.push(() => made.close());
    return made;
  };
  const neighbour = async (answer: Parameters<typeof Neighbour.start>[0], port?: number) => {
    const started = await Neighbour.start(answer, port);
    cleanups.push(() => {
      started.close();
    });
    return started;
  };
  const up = async (): Promise<number | undefined> => {
    const { values } = await metrics.dependencyUp.get();
    return values.find(({ labels }) => labels.to === 'order-service')?.value;
  };
  const problemOf = async (call: Promise<unknown>): Promise<Problem> => {
    const error: unknown = await call.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof Problem) return error;
    throw new Error('there was no problem', { cause: error });
  };
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  test('brings the answer, whatever its status, and what was sent arrives', async () => {
    const order = await neighbour((response, call) => {
      json(response, call === 1 ? 201 : 409, { call });
    });
    const orders = upstream(order.url);
    const call = { ...post, query: { a: 'b c' }, headers: { 'x-request-id': 'abc' } };
    await expect(orders.request(call)).resolves.toMatchObject({ status: 201, bytes: ofCall(1) });
    await expect(orders.request(get)).resolves.toMatchObject({ status: 409, bytes: ofCall(2) });
    expect(order.calls[0]?.url).toBe('/orders?a=b+c');
    expect(order.calls[0]?.headers).toMatchObject({
      'x-request-id': 'abc',
      'content-type': 'application/json',
    });
    expect(orders.state).toEqual({ ok: true });
    await expect(up()).resolves.toBe(1);
  });

  test('to nobody is a 503 that names who and why, and heals by itself', async () => {
    const port = await freePort();
    const orders = upstream(`http://127.0.0.1:${port}`);
    const problem = await problemOf(orders.request(get));
    expect(problem.status).toBe(503);
    expect(problem.options.headers).toEqual({ 'Retry-After': '1' });
    expect(problem.message).toContain('order-service does not answer: the connection was refused');
    expect(orders.state).toEqual({ ok: false, reason: 'the connection was refused' });
    await expect(up()).resolves.toBe(0);
    await neighbour((response) => {
      json(response, 200, []);
    }, port);
    await expect(orders.request(get)).resolves.toMatchObject({ status: 200 });
    await expect(up()).resolves.toBe(1);
  });

  test('to a name that does not resolve says so', async () => {
    const problem = await problemOf(upstream('http://no-such-service.invalid:5001').request(get));
    expect(problem.message).toMatch(/name (does not resolve|cannot be resolved)/);
  });

  test('that hangs is given up at the deadline, also in the middle of an answer', async () => {
    const order = await neighbour((response, call) => {
      if (call === 2) response.writeHead(200, { 'content-type': 'application/json' }).write('[');
    });
    const orders = upstream(order.url, 300);
    for (const asked of [1, 2]) {
      const problem = await problemOf(orders.request(post));
      // Of the 300 ms, what was left when the call began.
      expect(problem.message).toMatch(/no answer within (?:2\d\d|300) ms/);
      expect(order.calls).toHaveLength(asked);
    }
  });

  test('that hangs is tried at another pod, when it may be repeated', async () => {
    const order = await neighbour((response, call) => {
      if (call > 1) json(response, 200, { call });
    });
    await expect(upstream(order.url, 1000).request(get)).resolves.toMatchObject({ bytes: ofCall(2) });
  });

  test('that is silent because it waits is answered, also where no second one is granted', async () => {
    const order = await neighbour((response) => {
      // Later than a second one is asked, and long before the deadline.
      setTimeout(json, 1500, response, 200, {});
    });
    const orders = upstream(order.url, 6000);
    // Far more than the budget of ten.
    const answers = Array.from({ length: 40 }, () => orders.request(get));
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
    expect(order.calls.length).toBeLessThanOrEqual(40 + 10 + 4);
  });

  test('of a silent pod and one that says "not now" is answered so: what is wrong is wrong for both', async () => {
    const order = await neighbour((response, call) => {
      if (call > 1) json(response, 503, {});
    });
    // The silent one would be waited for until the deadline, which is after that of this test.
    await expect(upstream(order.url, 300_000).request(get)).resolves.toMatchObject({ status: 503 });
    expect(order.calls).toHaveLength(2);
  });

  test('that is silent because it waits is waited for, when the second pod has too much to do', async () => {
    const order = await neighbour((response, call) => {
      if (call === 1) setTimeout(json, 2500, response, 200, {});
      else response.writeHead(503, { 'x-envoy-overloaded': 'true' }).end('{}');
    });
    await expect(upstream(order.url, 6000).request(get)).resolves.toMatchObject({ status: 200 });
    expect(order.calls).toHaveLength(2);
  });

  test('that is given up there in the time that we gave is asked of another pod before', async () => {
    const order = await neighbour((response, call) => {
      if (call > 1) json(response, 200, { call });
      else {
        const told = Number(order.calls[0]?.headers['x-request-timeout-ms']);
        setTimeout(() => {
          response.setHeader('Retry-After', '1');
          json(response, 503, {});
        }, told);
      }
    });
    await expect(upstream(order.url, 1000).request(get)).resolves.toMatchObject({ bytes: ofCall(2) });
    expect(Number(order.calls[0]?.headers['x-request-timeout-ms'])).toBeGreaterThan(800);
  });

  test('says how long it waits, and waits no longer than its own caller', async () => {
    const order = await neighbour(() => undefined);
    const problem = await problemOf(upstream(order.url, 5000).request({ ...post, remainingMs: 120 }));
    expect(problem.message).toMatch(/no answer within (1[01]\d|120) ms/);
    expect(Number(order.calls[0]?.headers['x-request-timeout-ms'])).toBeLessThanOrEqual(96);
  });

  test('that nobody has answered for a while is not waited for, until one is answered', async () => {
    const state = { silent: true };
    const order = await neighbour((response) => {
      if (!state.silent) json(response, 200, {});
    });
    const orders = upstream(order.url, 500);
    // Pings are answered here, which would close the breaker again.
    orders.stopPinging();
    while (order.calls.length < 6) await problemOf(orders.request(post));
    const before = order.calls.length;
    await Promise.all(Array.from({ length: 50 }, () => problemOf(orders.request(post))));
    expect(order.calls.length - before).toBeLessThanOrEqual(1);
    state.silent = false;
    for (;;) {
      const answer = await orders.request(post).catch(() => undefined);
      if (answer) break;
      await pause(20);
    }
    await expect(orders.request(post)).resolves.toMatchObject({ status: 200 });
  });

  test('that is refused waits, and so do hundreds with one look at a time, until somebody listens', async () => {
    const port = await freePort();
    const before = await neighbour((response) => {
      json(response, 200, {});
    }, port);
    const orders = upstream(before.url, 20_000);
    await orders.request(post);
    orders.stopPinging();
    before.close();
    // Until the kept connection's end is here.
    await pause(100);
    const answers = Promise.all(Array.from({ length: 300 }, () => orders.request(post)));
    await pause(500);
    const order = await neighbour((response, call) => {
      json(response, 200, { call });
    }, port);
    await expect(answers).resolves.toHaveLength(300);
    // Not one was begun twice.
    expect(order.calls).toHaveLength(300);
  });

  test('that was refused for a while is answered as soon as somebody is there again', async () => {
    const port = await freePort();
    const orders = upstream(`http://127.0.0.1:${port}`, 500);
    orders.stopPinging();
    const end = performance.now() + 2500;
    while (performance.now() < end) await problemOf(orders.request(post));
    await neighbour((response) => {
      json(response, 200, {});
    }, port);
    await expect(orders.request(post)).resolves.toMatchObject({ status: 200 });
  });

  test('is not repeated more often than one time in ten', async () => {
    const counts: UpstreamRequest = { method: 'GET', path: '/orders/counts' };
    const order = await neighbour((response) => {
      // Answers come in between, so that it is not given up.
      if (order.calls.at(-1)?.url === counts.path) json(response, 200, {});
      else response.destroy();
    });
    const orders = upstream(order.url);
    for (let asked = 0; asked < 60; asked += 1) {
      await problemOf(orders.request(get));
      await orders.request(counts);
    }
    const calls = order.calls.filter(({ url }) => url === get.path).length;
    // A burst of ten, and a tenth of what was asked.
    expect(calls).toBeLessThanOrEqual(60 + 10 + 12);
    expect(calls).toBeGreaterThan(60);
  });

  describe('whose connection breaks', () => {
    const breaksOnce = () =>
      neighbour((response, call) => {
        if (call === 1) response.destroy();
        else json(response, 200, { call });
      });

    test.each([
      ['GET', get],
      ['PUT', { ...post, method: 'PUT' }],
      ['POST with a key', { ...post, headers: { 'Idempotency-Key': 'k' } }],
      ['POST that may be repeated', { ...post, repeatable: true }],
    ] as const)('is repeated: %s', async (_, call) => {
      const order = await breaksOnce();
      await expect(upstream(order.url).request(call)).resolves.toMatchObject({ bytes: ofCall(2) });
    });

    test('is not repeated when it might happen twice: POST without a key', async () => {
      const order = await breaksOnce();
      const problem = await problemOf(upstream(order.url).request(post));
      expect(problem.status).toBe(503);
      expect(order.calls).toHaveLength(1);
    });

    test('is tried three times at most', async () => {
      const order = await neighbour((response) => response.destroy());
      await problemOf(upstream(order.url).request(get));
      expect(order.calls).toHaveLength(3);
    });
  });

  test('that never left is repeated, whatever it is', async () => {
    const port = await freePort();
    const orders = upstream(`http://127.0.0.1:${port}`, 5000);
    const call = orders.request(post);
    await neighbour((response) => {
      json(response, 201, {});
    }, port);
    await expect(call).resolves.toMatchObject({ status: 201 });
  });

  test('a 503 of the other service is its answer, and is not repeated', async () => {
    const order = await neighbour((response) => {
      json(response, 503, {});
    });
    await expect(upstream(order.url).request(get)).resolves.toMatchObject({ status: 503 });
    expect(order.calls).toHaveLength(1);
  });

  test('of somebody who has too much to do is not asked again', async () => {
    const order = await neighbour((response) => {
      response.writeHead(503, { 'retry-after': '1', 'x-envoy-overloaded': 'true' }).end('{}');
    });
    const edge = upstream(order.url, 5000, { retriesUnavailable: true });
    await expect(edge.request(get)).resolves.toMatchObject({ status: 503 });
    expect(order.calls).toHaveLength(1);
  });

  test('whose caller gave it too little time says nothing about the other service', async () => {
    const order = await neighbour(() => undefined);
    const orders = upstream(order.url, 5000);
    orders.stopPinging();
    const end = performance.now() + 2500;
    while (performance.now() < end) await problemOf(orders.request({ ...post, remainingMs: 20 }));
    expect(orders.state).toEqual({ ok: true });
    // The circuit is closed: it is asked.
    const before = order.calls.length;
    await Promise.all([1, 2, 3].map(() => problemOf(orders.request({ ...post, remainingMs: 100 }))));
    expect(order.calls.length - before).toBe(3);
  });

  test('at the edge a 503 is asked again when it said to, and in time', async () => {
    const order = await neighbour((response, call) => {
      if (call === 1) response.writeHead(503, { 'retry-after': '1' }).end('{}');
      else json(response, 200, { call });
    });
    const edge = upstream(order.url, 2500, { retriesUnavailable: true });
    await expect(edge.request(get)).resolves.toMatchObject({ status: 200, bytes: ofCall(2) });
    const away = await neighbour((response) => response.writeHead(503, { 'retry-after': '1' }).end('{}'));
    const hurried = upstream(away.url, 1500, { retriesUnavailable: true });
    await expect(hurried.request(get)).resolves.toMatchObject({ status: 503 });
    expect(away.calls).toHaveLength(1);
    const unkeyed = upstream(away.url, 2500, { retriesUnavailable: true });
    await expect(unkeyed.request(post)).resolves.toMatchObject({ status: 503 });
    expect(away.calls).toHaveLength(2);
  });
});
