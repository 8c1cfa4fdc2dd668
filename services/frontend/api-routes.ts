import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { menu } from '../menu/menu.js';
import { passOn } from '../runtime/pass-on.js';
import { validBody } from '../runtime/request-body.js';
import type { Upstream } from '../runtime/upstream.js';
import { orderPath, stepCall, STEPS } from './order-call.js';

/** The services behind the pages. */
export interface Upstreams {
  readonly orders: Upstream;
  readonly kitchen: Upstream;
}

/** What the pages' scripts and other clients call. Answers are those of the services behind, problems included. */
export function apiRoutes({ orders, kitchen }: Upstreams): Router {
  const router = new Router({ prefix: '/api' });
  router.use(async (context, next) => {
    // Every answer is of this moment.
    context.set('Cache-Control', 'no-store');
    await next();
  });
  router.get('/menu', (context) => {
    context.body = menu;
  });
  router.post('/orders', async (context) => {
    await passOn(context, orders, {
      method: 'POST',
      path: '/orders',
      body: validBody(context, z.unknown()),
      headers: keyOf(context),
    });
  });
  router.get('/orders', async (context) => {
    // As it is: what may stand in a query, and how often, order-service decides.
    await passOn(context, orders, { method: 'GET', path: `/orders${context.search}` });
  });
  router.get('/orders/:orderNumber', async (context) => {
    await passOn(context, orders, { method: 'GET', path: orderPath(context.params['orderNumber']) });
  });
  for (const board of ['kitchen', 'display'] as const) {
    router.get(`/${board}/orders`, async (context) => {
      await passOn(context, kitchen, { method: 'GET', path: `/${board}/orders` });
    });
  }
  router.get('/kitchen/stats', async (context) => {
    await passOn(context, kitchen, { method: 'GET', path: '/kitchen/stats' });
  });
  for (const step of STEPS) {
    router.post(`/kitchen/orders/:orderNumber/${step}`, async (context) => {
      await passOn(context, kitchen, stepCall(context.params['orderNumber'], step));
    });
  }
  return router;
}

const keyOf = (context: Context): Record<string, string> => {
  const key = context.get('idempotency-key');
  return key === '' ? {} : { 'idempotency-key': key };
};
