import type { Context } from 'koa';
import { z } from 'zod';
import { asItIs, displayed } from '../kitchen-service/routes.js';
import { menu, menuItem } from '../menu/menu.js';
import { IDEMPOTENCY_KEY, orderRequest } from '../order-service/order-request.js';
import { order, type Order, orderCounts } from '../order-service/order.js';
import { listQuery } from '../order-service/routes.js';
import type { EventHub } from '@cafe-lumiere/runtime/events';
import { Operations } from '@cafe-lumiere/runtime/http';
import { passOn } from '@cafe-lumiere/runtime/upstream';
import type { Upstream } from '@cafe-lumiere/runtime/upstream';
import { orderNumberIn, orderPath, stepCall, STEPS } from './order-call.js';

/** What is behind the pages. */
export interface Upstreams {
  readonly orders: Upstream;
  readonly kitchen: Upstream;
  /** The changes of all orders. */
  readonly hub: EventHub<Order>;
}

const orders200 = { status: 200, description: 'The orders', schema: z.array(order) } as const;
const stream200 = {
  status: 200,
  description: 'Server-sent events: `order`, `resync`, `ping`',
  contentType: 'text/event-stream',
} as const;

/** What the pages' scripts and other clients call. Answers are those of the services behind, problems included. */
export function apiOperations({ orders, kitchen, hub }: Upstreams): Operations {
  const operations = new Operations()
    .add({
      method: 'get',
      path: '/api/menu',
      summary: 'Shows the menu.',
      answer: { status: 200, description: 'What can be ordered', schema: z.array(menuItem) },
      problems: [],
      handle(context) {
        fresh(context);
        context.body = menu;
      },
    })
    .add({
      method: 'post',
      path: '/api/orders',
      summary: 'Places an order. With an Idempotency-Key, at most once.',
      headers: IDEMPOTENCY_KEY,
      body: orderRequest,
      answer: { status: 201, description: 'The order', schema: order },
      problems: [400, 409, 413, 415, 422, 503],
      async handle(context, { body }) {
        fresh(context);
        await passOn(context, orders, { method: 'POST', path: '/orders', body, headers: keyOf(context) });
      },
    })
    .add({
      method: 'get',
      path: '/api/orders',
      summary: 'Lists orders, the newest first.',
      query: listQuery,
      answer: orders200,
      problems: [401, 422, 503],
      async handle(context) {
        fresh(context);
        await passOn(context, orders, { method: 'GET', path: `/orders${context.search}` });
      },
    })
    .add({
      method: 'get',
      path: '/api/orders/:orderNumber',
      summary: 'Shows one order.',
      answer: { status: 200, description: 'The order', schema: order },
      problems: [400, 404, 503],
      async handle(context, { params }) {
        fresh(context);
        await passOn(context, orders, { method: 'GET', path: orderPath(params['orderNumber']) });
      },
    })
    .add({
      method: 'get',
      path: '/api/orders/:orderNumber/events',
      summary: 'Streams the changes of one order.',
      answer: stream200,
      problems: [400, 404, 503],
      handle(context, { params }) {
        const number = orderNumberIn(params['orderNumber']);
        hub.stream(context, (changed) => (changed.order_number === number ? changed : undefined));
      },
    });
  for (const [board, view] of [
    ['kitchen', asItIs],
    ['display', displayed],
  ] as const) {
    operations
      .add({
        method: 'get',
        path: `/api/${board}/orders`,
        summary: `Lists what the ${board} shows, the oldest first.`,
        answer: orders200,
        problems: [401, 503],
        async handle(context) {
          fresh(context);
          await passOn(context, kitchen, { method: 'GET', path: `/${board}/orders` });
        },
      })
      .add({
        method: 'get',
        path: `/api/${board}/events`,
        summary: `Streams the changes for the ${board}.`,
        answer: stream200,
        problems: [401, 503],
        handle(context) {
          hub.stream(context, view);
        },
      });
  }
  operations.add({
    method: 'get',
    path: '/api/kitchen/stats',
    summary: 'Counts the orders by status.',
    answer: {
      status: 200,
      description: 'How many orders have which status, and how many there are',
      schema: orderCounts.extend({ total: z.number() }),
    },
    problems: [401, 502, 503],
    async handle(context) {
      fresh(context);
      await passOn(context, kitchen, { method: 'GET', path: '/kitchen/stats' });
    },
  });
  for (const step of STEPS) {
    operations.add({
      method: 'post',
      path: `/api/kitchen/orders/:orderNumber/${step}`,
      summary: 'Moves an order one step forward. The same step again changes nothing.',
      answer: { status: 200, description: 'The order', schema: order },
      problems: [400, 401, 404, 409, 503],
      async handle(context, { params }) {
        fresh(context);
        await passOn(context, kitchen, stepCall(params['orderNumber'], step));
      },
    });
  }
  return operations;
}

/** Every answer is of this moment. */
const fresh = (context: Context): void => {
  context.set('Cache-Control', 'no-store');
};

const keyOf = (context: Context): Record<string, string> => {
  const key = context.get('idempotency-key');
  return key === '' ? {} : { 'idempotency-key': key };
};
