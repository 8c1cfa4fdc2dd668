import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { declareService } from '@cafe-lumiere/contract';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Agent, request } from 'undici';
import { BalancerFixture } from '../testing/balancer-fixture.js';
import { implementService } from '../service.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';

const counter = implementService(declareService({ name: 'counter', port: 8080 }), {
  version: '1.0.0',
  create({ draining }) {
    const routes = new RoutesFixture();
    routes.post('/cups', async (context) => {
      await pause(5);
      context.body = [];
    });
    // Sends a word each 100 ms, 15 times; or until the drain begins.
    routes.get('/slow', (context) => {
      const stream = new PassThrough();
      const send = async (): Promise<void> => {
        for (let word = 0; word < 15; word += 1) {
          stream.write(`${word} `);
          await pause(100);
        }
        stream.end('done');
      };
      void send();
      context.body = stream;
    });
    routes.get('/polite', (context) => {
      const stream = new PassThrough();
      stream.write('hello ');
      draining.addEventListener('abort', () => stream.end('bye'));
      context.body = stream;
    });
    routes.get('/never', (context) => {
      const stream = new PassThrough();
      stream.write('and ');
      context.body = stream;
    });
    return { pages: routes.list };
  },
});

describe('drain', () => {
  // Whatever fails, nothing stays open that would keep the tests from ending.
  const cleanups: (() => unknown)[] = [];
  const start = async (environment: Record<string, string>): Promise<ServiceFixture> => {
    const service = await ServiceFixture.start(counter, { IN_FLIGHT_SECONDS: '3', ...environment });
    cleanups.push(() => service.drain());
    return service;
  };
  afterEach(async () => {
    await Promise.all(cleanups.splice(0).map((cleanup) => cleanup()));
  });

  test('clients that keep their connections lose no request while one service after the other ends', async () => {
    const next = () => start({ DRAIN_SECONDS: '1' });
    let services = [await next(), await next()];
    const urls = () => services.map(({ url }) => new URL(url));
    const balancer = await BalancerFixture.over(urls());
    // As our own client, upstream.ts: an idle connection is shorter than the drain.
    const agent = new Agent({ keepAliveTimeout: 500, keepAliveMaxTimeout: 500 });
    cleanups.push(
      () => agent.destroy(),
      () => {
        balancer.close();
      },
    );
    const failures: unknown[] = [];
    const clients = { going: true, answers: 0 };
    const client = async (): Promise<void> => {
      while (clients.going) {
        try {
          const answer = await request(`${balancer.url}/cups`, { method: 'POST', dispatcher: agent });
          await answer.body.dump();
          if (answer.statusCode !== 200) failures.push(answer.statusCode);
          clients.answers += 1;
        } catch (error) {
          failures.push(error);
        }
        await pause(Math.random() * 20);
      }
    };
    const running = Array.from({ length: 10 }, client);
    for (let round = 0; round < 2; round += 1) {
      await pause(200);
      const [old, kept] = services;
      if (!old || !kept) throw new Error('there are two services');
      const successor = await next();
      const ended = old.drain();
      await pause(400);
      services = [kept, successor];
      balancer.backends = urls();
      await ended;
    }
    clients.going = false;
    await Promise.all(running);
    expect(failures).toEqual([]);
    expect(clients.answers).toBeGreaterThan(100);
  });

  test('an answer that is being sent is sent to its end, over a connection that then closes', async () => {
    const service = await start({ DRAIN_SECONDS: '0' });
    const answer = await fetch(`${service.url}/slow`);
    const text = answer.text();
    await service.drain();
    await expect(text).resolves.toMatch(/14 done$/);
  });

  test('a stream that listens to the drain ends itself', async () => {
    const service = await start({ DRAIN_SECONDS: '0', IN_FLIGHT_SECONDS: '60' });
    const answer = await fetch(`${service.url}/polite`);
    await service.drain();
    await expect(answer.text()).resolves.toBe('hello bye');
  });

  test('an answer that never ends does not hold up the end', async () => {
    const service = await start({ DRAIN_SECONDS: '0', IN_FLIGHT_SECONDS: '1' });
    const answer = await fetch(`${service.url}/never`);
    await service.drain();
    await expect(answer.text()).rejects.toThrow();
  });

  test('it serves on meanwhile, says so, and closes each connection', async () => {
    const service = await start({ DRAIN_SECONDS: '1' });
    await service.readyz(200);
    const ended = service.drain();
    for (const answer of [await service.send('GET', '/health'), await service.operations('/readyz')]) {
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ status: 'ready', draining: true });
      expect(answer.headers.get('connection')).toBe('close');
    }
    await ended;
    await expect(service.send('GET', '/health')).rejects.toThrow();
    await expect(service.operations('/readyz')).rejects.toThrow();
  });

  test('while its last answers are on their way it is alive, and says at once that it takes no more', async () => {
    const service = await start({ DRAIN_SECONDS: '0' });
    await service.readyz(200);
    const slow = await fetch(`${service.url}/slow`);
    const ended = service.drain();
    const answer = await service.readyz(503);
    expect(answer.body).toMatchObject({ status: 'not ready', draining: true });
    expect((await service.operations('/livez')).status).toBe(200);
    expect(await service.metric('process_start_time_seconds')).toBeGreaterThan(0);
    // A kubelet that would rather wait for a better answer must not hold up the end: there is none.
    expect((await service.operations('/readyz', { headers: { prefer: 'wait=10' } })).status).toBe(503);
    await expect(slow.text()).resolves.toMatch(/14 done$/);
    await ended;
  });
});
