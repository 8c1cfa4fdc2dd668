import { declareService } from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { implementService, type ServiceImplementation, type ServiceParts } from '../service.js';
import { RoutesFixture } from '../testing/routes-fixture.js';
import { ServiceFixture } from '../testing/service-fixture.js';

const counter = declareService({ name: 'counter', port: 8080 });
type Counter = typeof counter;

const serviceWith = (
  parts: Omit<ServiceParts<Counter['api']>, 'pages' | 'handlers'>,
): ServiceImplementation<Counter> =>
  implementService(counter, {
    version: '1.0.0',
    create: () => ({
      pages: new RoutesFixture().get('/cups', (context) => {
        context.body = [];
      }).list,
      ...parts,
    }),
  });

describe('probes', () => {
  test('a start that is not over: alive, not started, not ready, and requests are counted', async () => {
    let over: () => void = () => undefined;
    const start = () =>
      new Promise<void>((done) => {
        over = done;
      });
    const service = await ServiceFixture.start(serviceWith({ start }));
    const statusOf = async (path: string): Promise<number> => (await service.operations(path)).status;
    expect([await statusOf('/livez'), await statusOf('/startupz'), await statusOf('/readyz')]).toEqual([
      200, 503, 503,
    ]);
    await service.send('GET', '/cups');
    expect((await service.send('GET', '/health')).status).toBe(503);
    over();
    const ready = await service.readyz(200);
    expect(ready.body).toMatchObject({ service: 'counter', status: 'ready', draining: false });
    expect([await statusOf('/startupz'), await statusOf('/health')]).toEqual([200, 200]);
    expect((await service.send('GET', '/health')).body).toEqual(ready.body);
    await service.send('GET', '/cups');
    await expect(service.metric('http_requests_while_unready_total')).resolves.toBe(1);
    await service.drain();
  });

  test('a start that failed says why', async () => {
    const start = () => Promise.reject(new Error('the migration 0001_cups.sql was edited'));
    const service = await ServiceFixture.start(serviceWith({ start }));
    const answer = await service.readyz(503);
    expect(answer.text).toContain('the migration 0001_cups.sql was edited');
    expect((await service.operations('/livez')).status).toBe(200);
    await service.drain();
  });

  test('a store that is away says why; it is out after three failures and back after one success', async () => {
    const store = { away: false, asked: 0 };
    const check = () => {
      store.asked += 1;
      return store.away ? Promise.reject(new Error('no cupboard there')) : Promise.resolve();
    };
    const service = await ServiceFixture.start(serviceWith({ readiness: [{ name: 'store', check }] }));
    await service.readyz(200);
    store.away = true;
    const before = store.asked;
    const out = await service.readyz(503);
    expect(store.asked - before).toBeGreaterThanOrEqual(3);
    expect(out.body).toMatchObject({ checks: { store: { ok: false, reason: 'no cupboard there' } } });
    expect(out.headers.get('cache-control')).toBe('no-store');
    expect((await service.operations('/livez')).status).toBe(200);
    // Started once is started: a liveness or startup probe must not restart a pod for its store.
    expect((await service.operations('/startupz')).status).toBe(200);
    store.away = false;
    await service.readyz(200);
    await service.drain();
  });

  test('a probe that would rather wait is answered when the store is back, and not before', async () => {
    const store = { away: true };
    const check = () => (store.away ? Promise.reject(new Error('no cupboard there')) : Promise.resolve());
    const service = await ServiceFixture.start(serviceWith({ readiness: [{ name: 'store', check }] }));
    await service.readyz(503);
    const ask = (prefer: string) => service.operations('/readyz', { headers: { prefer } });
    const asked = { answered: false };
    const waiting = ask('respond-async, wait=10').then((answer) => {
      asked.answered = true;
      return answer;
    });
    expect((await ask('wait=0')).status).toBe(503);
    expect((await ask('wait=1')).status).toBe(503);
    expect(asked.answered).toBe(false);
    store.away = false;
    expect((await waiting).status).toBe(200);
    await service.drain();
  });

  test('a neighbour that is away is reported and decides nothing', async () => {
    const neighbour = { name: 'order-service', state: { ok: false, reason: 'its name does not resolve' } };
    const service = await ServiceFixture.start(serviceWith({ dependencies: [neighbour] }));
    const answer = await service.readyz(200);
    expect(answer.body).toMatchObject({ dependencies: { 'order-service': neighbour.state } });
    await service.drain();
  });
});
