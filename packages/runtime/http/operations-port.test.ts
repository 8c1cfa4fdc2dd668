import { declareService, defineApi } from '@cafe-lumiere/contract';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { implementService } from '../service.js';
import { ServiceFixture } from '../testing/service-fixture.js';

const api = defineApi({
  cups: {
    method: 'get',
    path: '/cups',
    summary: 'The cups.',
    audience: 'everybody',
    answer: { status: 200, description: 'Their number', schema: z.number() },
    problems: [],
  },
});
const counter = implementService(declareService({ name: 'counter', port: 8080, api }), {
  version: '1.0.0',
  create: () => ({
    handlers: {
      cups(context) {
        context.body = '3';
        context.type = 'json';
      },
    },
  }),
});

let service: ServiceFixture;
beforeAll(async () => {
  service = await ServiceFixture.start(counter);
  await service.readyz(200);
});
afterAll(async () => {
  await service.drain();
});

const FOR_OPERATIONS = ['/livez', '/readyz', '/startupz', '/metrics', '/openapi.json'];

test.each(FOR_OPERATIONS)('%s is answered there, and is not on the port that clients reach', async (path) => {
  const answer = await service.operations(path);
  expect(answer.status).toBe(200);
  expect((await service.send('GET', path)).status).toBe(404);
  expect((await service.send('POST', path)).status).toBe(404);
});

test('what clients ask is not answered there, and what they may is said once', async () => {
  const answer = await service.operations('/cups');
  expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  const refused = await fetch(`${service.service.operationsUrl}/livez`, { method: 'DELETE' });
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'HEAD, GET, OPTIONS']);
});

test('its requests are not counted among those of the service', async () => {
  const text = async (): Promise<string> => (await service.operations('/metrics')).text;
  await service.operations('/readyz');
  expect(await text()).not.toMatch(/http_requests_total\{[^}]*(readyz|metrics)/);
});
