import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { declareService } from '@cafe-lumiere/contract';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { implementService } from '../../service.js';
import { RoutesFixture } from '../../testing/routes-fixture.js';
import { ServiceFixture } from '../../testing/service-fixture.js';

const till = declareService({ name: 'till', port: 8080 });
/** Milliseconds of the processor that each request takes. */
const COST_MS = 5;
const CROWD = 400;

const burn = (): void => {
  const end = performance.now() + COST_MS;
  while (performance.now() < end);
};

/** A service of which everybody wants something at once. */
const implementation = implementService(till, {
  version: '1.0.0',
  create: () => ({
    pages: new RoutesFixture().get('/{*path}', (context) => {
      burn();
      context.body = 'sold';
    }).list,
    headers: { 'X-Content-Type-Options': 'nosniff' },
    problemPage: ({ message }) => `<h1>${message}</h1>`,
    criticalityOf: ({ url }) => (url === '/cash' ? 'critical' : url === '/' ? 'sheddable' : 'usual'),
  }),
});

describe('a service that has more to do than it can', () => {
  const clients = new Agent({ connections: CROWD });
  let service: ServiceFixture;
  beforeAll(async () => {
    service = await ServiceFixture.start(implementation);
  });
  afterAll(async () => {
    await clients.close();
    await service.drain();
  });

  const ask = async (path: string, accept = '*/*') => {
    const { statusCode, headers, body } = await request(`${service.url}${path}`, {
      dispatcher: clients,
      headers: { accept },
    });
    return { status: statusCode, headers, text: await body.text() };
  };
  const crowd = (count: number, path: string, accept?: string) =>
    Array.from({ length: count }, () => ask(path, accept));

  test('answers what it can, refuses the others kindly, and counts them', async () => {
    const [guests, browsers, staff] = [
      crowd(CROWD, '/'),
      crowd(CROWD / 4, '/', 'text/html,*/*'),
      crowd(5, '/cash'),
    ];
    const [answers, pages] = await Promise.all([Promise.all(guests), Promise.all(browsers)]);
    for (const { status } of await Promise.all(staff)) expect(status).toBe(200);
    const all = [...answers, ...pages];
    const refused = all.filter(({ status }) => status === 503);
    const served = all.filter(({ status }) => status === 200);
    expect(served.length).toBeGreaterThan(0);
    expect(refused.length).toBeGreaterThan(0);
    expect(served.length + refused.length).toBe(all.length);
    for (const { headers } of refused) {
      expect(headers).toMatchObject({
        'x-envoy-overloaded': 'true',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'retry-after': expect.stringMatching(/^\d+$/),
      });
    }
    const [page] = pages.filter(({ status }) => status === 503);
    expect(page?.text).toMatch(/^<h1>There is more to do .*asks again by itself/);
    expect(page?.headers['refresh']).toBe(page?.headers['retry-after']);
    const [problem] = answers.filter(({ status }) => status === 503);
    expect(problem?.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(problem?.text ?? '')).toMatchObject({ status: 503, title: 'Service Unavailable' });
    await expect(service.metric('http_requests_shed_total{criticality="sheddable"}')).resolves.toBe(
      refused.length,
    );
  });

  test('answers everybody again as soon as they have gone', async () => {
    await Promise.all(crowd(CROWD, '/'));
    await expect(ask('/coffee')).resolves.toMatchObject({ status: 200, text: 'sold' });
    // Newcomers are let in a few at a time at first.
    while ((await ask('/')).status !== 200) await pause(50);
  });
});
