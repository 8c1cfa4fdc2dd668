import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { NetworkFixture } from '@cafe-lumiere/runtime/testing';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { problemBody } from '@cafe-lumiere/runtime/http';
import { ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../../images/bundled-server.js';
import { OUTAGES } from './outage-fixture.js';

/** Of those that come when the database is back; `make bench` measures the time that it takes. */
const LOST_ORDERS = 1;
const health = z.object({ checks: z.record(z.string(), z.object({ reason: z.string().optional() })) });

describe('order-service, as a process, whose database is', () => {
  let server: PostgresFixture;
  let network: NetworkFixture;
  let service: ProcessFixture;
  beforeAll(async () => {
    server = await PostgresFixture.start();
    network = await NetworkFixture.to(server.port);
    service = await ProcessFixture.start(await bundledServer('order-service'), {
      ...server.environment,
      DB_PORT: String(network.port),
      DRAIN_SECONDS: '0',
    });
    await service.readyz(200);
  });
  afterAll(async () => {
    service.signal('SIGKILL');
    await service.exited;
    network.close();
    await server.remove();
  });

  const post = () =>
    fetch(`${service.url}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] }),
    });
  const reason = async (): Promise<string> => {
    const { checks } = health.parse(await (await fetch(`${service.operationsUrl}/readyz`)).json());
    return checks['database']?.reason ?? '';
  };

  test.each(OUTAGES)('$name', async (outage) => {
    expect((await post()).status).toBe(201);
    const end = await outage.begin(server, network);
    await service.readyz(503);
    await expect(reason()).resolves.toMatch(outage.reason);
    // Several, because the first may meet a connection that nobody has noticed to be dead.
    for (const answer of await Promise.all([post(), post(), post()])) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(problemBody.parse(await answer.json()).error).toMatch(/try again/i);
    }
    expect(await service.status('/livez')).toBe(200);
    expect(await service.status('/startupz')).toBe(200);
    await end();
    await server.answering();
    let lost = 0;
    while ((await post()).status !== 201) lost += 1;
    expect(lost).toBeLessThanOrEqual(LOST_ORDERS);
    await service.readyz(200);
    expect(service.running).toBe(true);
  });

  test('away from the beginning: it starts, waits, says why, and is ready when the database is', async () => {
    await server.stop();
    const early = await ProcessFixture.start(await bundledServer('order-service'), server.environment);
    expect(await early.status('/livez')).toBe(200);
    expect(await early.status('/startupz')).toBe(503);
    expect(await early.status('/readyz')).toBe(503);
    await server.startAgain();
    await early.readyz(200);
    expect(await early.status('/startupz')).toBe(200);
    early.signal('SIGKILL');
    await early.exited;
    await service.readyz(200);
  });

  test('away at the end: it ends in order', async () => {
    await server.stop('immediate');
    await service.readyz(503);
    service.signal('SIGTERM');
    await expect(service.exited).resolves.toBe(0);
    await server.startAgain();
  });
});
