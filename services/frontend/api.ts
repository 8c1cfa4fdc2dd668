import { defineApi, type Operation } from '@cafe-lumiere/contract';
import { z } from 'zod';
import { displayedOrder } from '../kitchen-service/api.js';
import { menuItem } from '../menu/menu.js';
import { listQuery } from '../order-service/api.js';
import { guestOrder, placedOrder } from './guest-order.js';
import { LIMITS } from './limits.js';
import { orderRequest } from '../order-service/order-request.js';
import { order, orderCounts } from '../order-service/order.js';

const TOKEN = {
  'Order-Token':
    'What the answer to the order said as `token`; without it, an order is its number and its status',
} as const;
const orders200 = { status: 200, description: 'The orders', schema: z.array(order) } as const;
const stream200 = <Payload extends z.ZodType>(payload: Payload) =>
  ({
    status: 200,
    description: 'Server-sent events: `order`, `resync`, `ping`',
    event: 'order',
    payload,
  }) as const;

/** A cook's step. */
const step = <Verb extends string>(verb: Verb) =>
  ({
    method: 'post',
    path: `/api/kitchen/orders/:orderNumber/${verb}`,
    summary: 'Moves an order one step forward. The same step again changes nothing.',
    audience: 'staff',
    answer: { status: 200, description: 'The order', schema: order },
    problems: [400, 401, 403, 404, 409, 503],
  }) as const satisfies Operation;

/** What the pages' scripts and other clients call. Answers are those of the services behind, problems included. */
export const frontendApi = defineApi({
  showMenu: {
    method: 'get',
    path: '/api/menu',
    summary: 'Shows the menu.',
    audience: 'everybody',
    answer: { status: 200, description: 'What can be ordered', schema: z.array(menuItem) },
    problems: [],
  },
  placeOrder: {
    method: 'post',
    path: '/api/orders',
    summary: 'Places an order. With an Idempotency-Key, at most once.',
    audience: 'everybody',
    headers: {
      'Idempotency-Key': `${LIMITS.keyLength} to 255 printable ASCII characters, such as a UUID, made when the button is drawn`,
    },
    body: orderRequest,
    answer: { status: 201, description: 'The order, and what opens it later', schema: placedOrder },
    problems: [400, 403, 409, 413, 415, 422, 429, 503],
  },
  listOrders: {
    method: 'get',
    path: '/api/orders',
    summary: 'Lists orders, the newest first.',
    audience: 'staff',
    query: listQuery,
    answer: orders200,
    problems: [401, 422, 503],
  },
  findOrder: {
    method: 'get',
    path: '/api/orders/:orderNumber',
    summary: 'Shows one order: all of it to its guest and the staff, its status to others.',
    audience: 'everybody',
    headers: TOKEN,
    answer: { status: 200, description: 'The order', schema: guestOrder },
    problems: [400, 404, 502, 503],
  },
  cancelOrder: {
    method: 'post',
    path: '/api/orders/:orderNumber/cancel',
    summary: 'Cancels an order that nobody has begun, for its guest. The same again changes nothing.',
    audience: 'everybody',
    headers: TOKEN,
    answer: { status: 200, description: 'The order', schema: order },
    problems: [400, 403, 404, 409, 503],
  },
  followOrder: {
    method: 'get',
    path: '/api/orders/:orderNumber/events',
    summary: 'Streams the changes of one order.',
    audience: 'everybody',
    answer: stream200(displayedOrder),
    problems: [400, 404, 429, 503],
  },
  listOpenOrders: {
    method: 'get',
    path: '/api/kitchen/orders',
    summary: 'Lists what the kitchen shows, the oldest first.',
    audience: 'staff',
    answer: orders200,
    problems: [401, 503],
  },
  followOpenOrders: {
    method: 'get',
    path: '/api/kitchen/events',
    summary: 'Streams the changes for the kitchen.',
    audience: 'staff',
    answer: stream200(order),
    problems: [401, 429, 503],
  },
  listDisplayedOrders: {
    method: 'get',
    path: '/api/display/orders',
    summary: 'Lists what the display shows, the oldest first.',
    audience: 'everybody',
    answer: { ...orders200, schema: z.array(displayedOrder) },
    problems: [502, 503],
  },
  followDisplayedOrders: {
    method: 'get',
    path: '/api/display/events',
    summary: 'Streams the changes for the display.',
    audience: 'everybody',
    answer: stream200(displayedOrder),
    problems: [401, 429, 503],
  },
  countOrders: {
    method: 'get',
    path: '/api/kitchen/stats',
    summary: 'Counts the orders by status.',
    audience: 'staff',
    answer: {
      status: 200,
      description: 'How many orders have which status, and how many there are',
      schema: orderCounts.extend({ total: z.number() }),
    },
    problems: [401, 502, 503],
  },
  startOrder: step('start'),
  readyOrder: step('ready'),
  serveOrder: step('serve'),
  cancelOrderForStaff: step('cancel'),
});
