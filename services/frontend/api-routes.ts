import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { menu } from '../menu/menu.js';
import { passOn } from '../runtime/pass-on.js';
import { validBody } from '../runtime/request-body.js';
import type { Upstream } from '../runtime/upstream.js';

/** The services behind the pages. */
export interface Upstreams {
  readonly orders: Upstream;
  readonly kitchen: Upstream;
}

/** What the pages' scripts and other clients call. Answers are those of the services behind, problems included. */
export function apiRoutes({ orders, kitchen }: Upstreams): Router {
  const router = new Router({ prefix: '/api' });
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
    const query = Object.fromEntries(new URLSearchParams(context.querystring));
    await passOn(context, orders, { method: 'GET', path: '/orders', query });
  });
  router.get('/orders/:orderNumber', async (context) => {
    await passOn(context, orders, { method: 'GET', path: `/orders/${numberIn(context)}` });
  });
  for (const board of ['kitchen', 'display'] as const) {
    router.get(`/${board}/orders`, async (context) => {
      await passOn(context, kitchen, { method: 'GET', path: `/${board}/orders` });
    });
  }
  router.get('/kitchen/stats', async (context) => {
    await passOn(context, kitchen, { method: 'GET', path: '/kitchen/stats' });
  });
  for (const step of ['start', 'ready', 'serve'] as const) {
    router.post(`/kitchen/orders/:orderNumber/${step}`, async (context) => {
      await passOn(context, kitchen, stepCall(numberIn(context), step));
    });
  }
  return router;
}

/** A cook's step. PUT, which may be repeated when nobody answered: the same step twice changes nothing. */
export function stepCall(orderNumber: string, step: 'start' | 'ready' | 'serve') {
  const word = step === 'start' ? 'prepare' : step;
  return { method: 'PUT', path: `/kitchen/orders/${orderNumber}/${word}` } as const;
}

/** The order's number in a route's path, as a piece of another path. */
export function numberIn(context: { readonly params: Readonly<Record<string, string | undefined>> }): string {
  return encodeURIComponent(context.params['orderNumber'] ?? '');
}

const keyOf = (context: Context): Record<string, string> => {
  const key = context.get('idempotency-key');
  return key === '' ? {} : { 'idempotency-key': key };
};
