import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { CLIENT_KEEP_ALIVE_MS, declareService } from '@cafe-lumiere/contract';
import { afterAll, expect, test } from '@jest/globals';
import { createLog } from '../log.js';
import { Metrics } from '../metrics.js';
import { implementService } from '../service.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';
import { Upstream } from '../upstream/upstream.js';

// Whatever fails, nothing stays open that would keep the tests from ending.
const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  await Promise.all(cleanups.map((cleanup) => cleanup()));
});

/** nginx' default for connections to what is behind it, and that of AWS' load balancer. */
const BALANCER_KEEP_ALIVE_MS = 60_000;

const counter = implementService(declareService({ name: 'counter', port: 8080 }), {
  version: '1.0.0',
  create: () => ({
    pages: new RoutesFixture().get('/cups', (context) => {
      context.body = [];
    }).list,
  }),
});

type Side = 'client' | 'server';

/** A network that notes which side ends a connection first. */
async function watchedNetworkTo(port: number) {
  const firstEnds: Promise<Side>[] = [];
  const network = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const ends: [Promise<Side>, Promise<Side>] = [
      once(client, 'end').then(() => 'client'),
      once(server, 'end').then(() => 'server'),
    ];
    firstEnds.push(Promise.race(ends));
    client.on('error', () => undefined).pipe(server);
    server.on('error', () => undefined).pipe(client);
  });
  await new Promise<void>((done) => network.listen(0, '127.0.0.1', done));
  const address = network.address();
  const url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  cleanups.push(() => network.close());
  return { url, firstEnds };
}

// Both take seconds, because they are: nothing here could be faster without another constant than the one that counts.
test.concurrent('our client has closed an idle connection before the service that drains does', async () => {
  // The drain that a service has when nobody says otherwise.
  const service = await ServiceFixture.start(counter, { DRAIN_SECONDS: undefined });
  const network = await watchedNetworkTo(service.service.port);
  const upstream = new Upstream({
    from: 'caller',
    to: 'counter',
    url: network.url,
    timeoutMs: 2000,
    log: createLog('caller', '1', 'silent'),
    metrics: new Metrics({ processMetrics: false }),
  });
  cleanups.push(() => upstream.close());
  upstream.stopPinging();
  await upstream.request({ method: 'GET', path: '/cups' });
  // Just too late to be told to close.
  await service.drain();
  const firstEnds = await Promise.all(network.firstEnds);
  expect(firstEnds.length).toBeGreaterThan(0);
  expect(new Set(firstEnds)).toEqual(new Set(['client']));
});

test.concurrent(
  'a client, and a balancer that keeps connections for a minute, meet no closing one',
  async () => {
    const service = await ServiceFixture.start(counter);
    cleanups.push(() => service.drain());
    const socket = connect(service.service.port, '127.0.0.1');
    cleanups.push(() => socket.destroy());
    const closed = once(socket, 'close').then(() => 'the service has closed the connection');
    const ask = async (): Promise<string> => {
      const answer = once(socket, 'data').then(([data]) => String(data));
      socket.write('GET /cups HTTP/1.1\r\nHost: counter\r\n\r\n');
      return Promise.race([answer, closed]);
    };
    const first = await ask();
    const seconds = Number(/^keep-alive: timeout=(\d+)/im.exec(first)?.[1]);
    expect(seconds * 1000).toBeGreaterThan(BALANCER_KEEP_ALIVE_MS);
    await pause(CLIENT_KEEP_ALIVE_MS);
    const second = await ask();
    expect(second).toMatch(/^HTTP\/1\.1 200 /);
  },
);
