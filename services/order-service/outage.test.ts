import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PostgresFixture } from '../runtime/postgres-fixture.js';
import { type Answer, ServiceFixture } from '../runtime/service-fixture.js';
import { orderService } from './order-service.js';

describe('order-service without its database', () => {
  let server: PostgresFixture;
  let service: ServiceFixture;
  beforeAll(async () => {
    server = await PostgresFixture.start();
  });
  afterAll(async () => {
    await service.drain();
    await server.remove();
  });

  const post = (): Promise<Answer> =>
    service.send('POST', '/orders', { body: { customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] } });
  const expectUnavailable = async (): Promise<void> => {
    const started = performance.now();
    const answer = await post();
    // Whoever asks us gives up after 2 s.
    expect(performance.now() - started).toBeLessThan(2000);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.problem.error).toMatch(/try again/i);
    expect((await service.send('GET', '/livez')).status).toBe(200);
  };

  test('starts, waits, says why, and is ready once the database is there', async () => {
    await server.stop();
    // Shorter than the default, so that standing still is noticed sooner.
    const environment = { ...server.environment, DB_QUERY_TIMEOUT_MS: '800' };
    service = await ServiceFixture.start(orderService, environment);
    expect((await service.send('GET', '/livez')).status).toBe(200);
    expect((await service.send('GET', '/startupz')).status).toBe(503);
    for (;;) {
      const { text } = await service.readyz(503);
      if (text.includes('refused the connection')) break;
    }
    await expectUnavailable();
    await server.startAgain();
    await service.readyz(200);
    expect((await service.send('GET', '/startupz')).status).toBe(200);
    expect((await post()).status).toBe(201);
  });

  test('that crashed: alive, not ready, a 503 in time; and well again by itself', async () => {
    await server.stop('immediate');
    const out = await service.readyz(503);
    expect(out.text).toContain('refused the connection');
    await expectUnavailable();
    await server.startAgain();
    await service.readyz(200);
    expect((await post()).status).toBe(201);
  });

  test('that stands still: the same', async () => {
    const thaw = await server.freeze();
    const out = await service.readyz(503);
    expect(out.text).toContain('does not answer in time');
    await expectUnavailable();
    thaw();
    await service.readyz(200);
    expect((await post()).status).toBe(201);
  });

  test('whose password was changed: says so, and takes no order', async () => {
    await server.execute(`alter role cafe password 'another one'`);
    await server.execute(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cafe'`);
    const out = await service.readyz(503);
    expect(out.text).toContain('wrong password for user');
    await expectUnavailable();
    await server.execute(`alter role cafe password '${server.environment.DB_PASSWORD}'`);
    await service.readyz(200);
  });

  test('with no connection left: says so, and takes no order', async () => {
    await server.execute('alter role cafe connection limit 0');
    await server.execute(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'cafe'`);
    const out = await service.readyz(503);
    expect(out.text).toContain('no connection left');
    await expectUnavailable();
    await server.execute('alter role cafe connection limit -1');
    await service.readyz(200);
    expect((await post()).status).toBe(201);
  });

  test('ends in order, too', async () => {
    await server.stop('immediate');
    await service.readyz(503);
    await expect(service.drain()).resolves.toBeUndefined();
    await server.startAgain();
  });
});
