import { declareService, defineApi } from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { implementService } from '../service.js';
import { ServiceFixture } from '../testing/service-fixture.js';

const cup = z.object({ size: z.enum(['small', 'large']) });

const api = defineApi({
  putCup: {
    method: 'post',
    path: '/cups/:shelf',
    summary: 'Puts a cup on a shelf.',
    audience: 'everybody',
    headers: { 'Idempotency-Key': 'Any text' },
    query: z.object({ upside: z.enum(['up', 'down']).default('up').meta({ description: 'Which side' }) }),
    body: cup,
    answer: { status: 201, description: 'The cup', schema: cup.extend({ shelf: z.string() }) },
    problems: [422],
  },
  lie: {
    method: 'get',
    path: '/lies',
    summary: 'Answers something else than it says.',
    audience: 'everybody',
    answer: { status: 200, description: 'A cup', schema: cup },
    problems: [],
  },
});

const cupboard = implementService(declareService({ name: 'cupboard', port: 8080, api }), {
  version: '1.0.0',
  create: () => ({
    handlers: {
      putCup(context, { body, params }) {
        context.status = 201;
        context.body = { ...body, shelf: params.shelf };
      },
      lie(context) {
        context.body = { size: context.query['size'] };
        if (context.query['status'] !== undefined) context.status = 202;
      },
    },
  }),
});

describe('operations', () => {
  test('are routed, validated and described by one declaration', async () => {
    const service = await ServiceFixture.start(cupboard);
    const put = (body: unknown, query = '') => service.send('POST', `/cups/2${query}`, { body });
    expect((await put({ size: 'small' })).body).toEqual({ size: 'small', shelf: '2' });
    expect((await put({ size: 'huge' })).status).toBe(422);
    expect((await put({ size: 'small' }, '?upside=left')).status).toBe(422);
    const { body } = await service.operations('/openapi.json');
    expect(body).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'cupboard' },
      paths: {
        '/cups/{shelf}': {
          post: {
            operationId: 'putCup',
            parameters: [
              { name: 'shelf', in: 'path', required: true },
              { name: 'Idempotency-Key', in: 'header' },
              { name: 'upside', in: 'query', description: 'Which side', schema: { default: 'up' } },
            ],
            requestBody: { content: { 'application/json': { schema: { required: ['size'] } } } },
            responses: { 201: { description: 'The cup' }, 422: { description: 'Unprocessable Entity' } },
          },
        },
      },
    });
    await service.drain();
  });

  test('whose answers are not as described fail every test that sees one', async () => {
    const service = await ServiceFixture.start(cupboard);
    await expect(service.send('GET', '/lies?size=small')).resolves.toMatchObject({ status: 200 });
    await expect(service.send('GET', '/lies?size=huge')).rejects.toThrow('is not as documented');
    await expect(service.send('GET', '/lies?size=small&status=1')).rejects.toThrow(
      'the document promises 200',
    );
    await service.drain();
  });
});
