import { declareService, defineApi, HEADERS } from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { implementService } from '../service.js';
import { ServiceFixture } from '../testing/service-fixture.js';
import { deadlineOf } from './caller.js';
import { Problem } from './problem.js';
import { type Admit, type Route, routerOf } from './route.js';

const cup: Route = {
  method: 'get',
  path: '/cups/:id',
  audience: 'staff',
  answer: (context, { id }) => {
    context.body = { id };
  },
};

const api = defineApi({
  washCup: {
    method: 'post',
    path: '/cups/:id/wash',
    summary: 'Washes a cup.',
    audience: 'staff',
    answer: { status: 200, description: 'The cup', schema: z.object({ id: z.string() }) },
    problems: [401],
  },
});

const cupboard = (admit: Admit) =>
  implementService(declareService({ name: 'cupboard', port: 8080, api }), {
    version: '1.0.0',
    create: () => ({
      handlers: {
        washCup(context, { params }) {
          context.body = { id: params.id };
        },
      },
      pages: [cup],
      admit,
    }),
  });

describe('a route', () => {
  test('that does not say for whom it is does not start', () => {
    // As a program without types may say it.
    const route = { ...cup, page: false, audience: JSON.parse('"nobody"') as Route['audience'] };
    expect(() => routerOf([route], () => true)).toThrow(
      'GET /cups/:id has the audience "nobody"; it must be one of everybody, staff, services.',
    );
  });

  test('of the staff does not start where nobody tells who they are', () => {
    expect(() => routerOf([{ ...cup, page: false }], undefined)).toThrow(
      'GET /cups/:id is for the staff, and the service has no "admit"',
    );
  });

  test('is admitted as it was matched, and answers nothing before that', async () => {
    const seen: unknown[] = [];
    const service = await ServiceFixture.start(
      cupboard((context, { path, audience, page }) => {
        seen.push([path, audience, page]);
        if (context.get('badge') === 'yes') return true;
        if (!page) throw new Problem(401, { detail: 'No badge.' });
        context.status = 204;
        return false;
      }),
    );
    const badge = { badge: 'yes' };
    expect((await service.send('GET', '/cups/7')).text).toBe('');
    expect((await service.send('GET', '/cups/7', { headers: badge })).body).toEqual({ id: '7' });
    expect((await service.send('POST', '/cups/7/wash')).status).toBe(401);
    expect((await service.send('POST', '/cups/7/wash', { headers: badge })).body).toEqual({ id: '7' });
    expect(seen).toEqual([
      ['/cups/:id', 'staff', true],
      ['/cups/:id', 'staff', true],
      ['/cups/:id/wash', 'staff', false],
      ['/cups/:id/wash', 'staff', false],
    ]);
    await service.drain();
  });

  test('is there only as it is written', async () => {
    const service = await ServiceFixture.start(cupboard(() => true));
    for (const path of ['/Cups/7', '/cups/7/', '/CUPS/7', '//cups/7', '/cups//7', '/%63ups/7']) {
      expect([path, (await service.send('GET', path)).status]).toEqual([path, 404]);
    }
    await service.drain();
  });
});

test('how long its caller waits is believed of services alone', async () => {
  const known = (audience: Route['audience']): Route => ({
    method: 'get',
    path: `/${audience}`,
    audience,
    answer: (context) => {
      context.body = { waits: deadlineOf(context) !== undefined };
    },
  });
  const pages = [known('services'), known('staff'), known('everybody')];
  const service = await ServiceFixture.start(
    implementService(declareService({ name: 'cupboard', port: 8080 }), {
      version: '1.0.0',
      create: () => ({ pages, admit: () => true }),
    }),
  );
  const asked = pages.map(({ path }) =>
    service.send('GET', path, { headers: { [HEADERS.requestTimeoutMs]: '20' } }),
  );
  const believed = (await Promise.all(asked)).map(({ body }) => body);
  await service.drain();
  expect(believed).toEqual([{ waits: true }, { waits: false }, { waits: false }]);
});
