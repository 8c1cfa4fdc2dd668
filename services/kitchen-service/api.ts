import { defineApi, type Operation } from '@cafe-lumiere/contract';
import { z } from 'zod';
import { order, type Order, orderCounts } from '../order-service/order.js';

const orders200 = {
  status: 200,
  description: 'The orders, the oldest first',
  schema: z.array(order),
} as const;

/** What the display shows of an order: nobody's name on a screen for everybody. */
export const displayedOrder = order.unwrap().pick({ order_number: true, status: true, updated_at: true });
export type DisplayedOrder = z.output<typeof displayedOrder>;

/** See {@link displayedOrder}. */
export const displayed = (changed: Order): DisplayedOrder => displayedOrder.parse(changed);

/** A cook's step. */
const step = <const Path extends `/${string}`>(method: 'put' | 'post', path: Path, status: string) =>
  ({
    method,
    path,
    summary: `Makes an order "${status}". The same step again changes nothing.`,
    audience: 'services',
    answer: { status: 200, description: 'The order', schema: order },
    problems: [400, 404, 409, 503],
  }) as const satisfies Operation;

/** What kitchen-service takes and answers. */
export const kitchenApi = defineApi({
  listOpenOrders: {
    method: 'get',
    path: '/kitchen/orders',
    summary: 'Lists what is not served yet.',
    audience: 'services',
    answer: orders200,
    problems: [503],
  },
  listDisplayedOrders: {
    method: 'get',
    path: '/display/orders',
    summary: 'Lists what is being prepared and what is ready.',
    audience: 'services',
    answer: orders200,
    problems: [503],
  },
  countOrders: {
    method: 'get',
    path: '/kitchen/stats',
    summary: 'Counts the orders by status.',
    audience: 'services',
    answer: {
      status: 200,
      description: 'How many orders have which status, and how many there are',
      schema: orderCounts.extend({ total: z.number() }),
    },
    problems: [502, 503],
  },
  followOpenOrders: {
    method: 'get',
    path: '/kitchen/events',
    summary: 'Streams every change of an order.',
    audience: 'services',
    answer: {
      status: 200,
      description: 'Server-sent events: `order` with the order after the change, `resync`, `ping`',
      event: 'order',
      payload: order,
    },
    problems: [429, 503],
  },
  followDisplayedOrders: {
    method: 'get',
    path: '/display/events',
    summary: 'Streams every change of an order, without names.',
    audience: 'services',
    answer: {
      status: 200,
      description: 'Server-sent events: `order` with its number and status, `resync`, `ping`',
      event: 'order',
      payload: displayedOrder,
    },
    problems: [429, 503],
  },
  // PUT with the first system's verbs, POST with its later ones; both are in use.
  prepareOrder: step('put', '/kitchen/orders/:orderNumber/prepare', 'preparing'),
  readyOrder: step('put', '/kitchen/orders/:orderNumber/ready', 'ready'),
  serveOrder: step('put', '/kitchen/orders/:orderNumber/serve', 'served'),
  cancelOrder: step('put', '/kitchen/orders/:orderNumber/cancel', 'cancelled'),
  startOrderByPost: step('post', '/kitchen/orders/:orderNumber/start', 'preparing'),
  readyOrderByPost: step('post', '/kitchen/orders/:orderNumber/ready', 'ready'),
  serveOrderByPost: step('post', '/kitchen/orders/:orderNumber/serve', 'served'),
  cancelOrderByPost: step('post', '/kitchen/orders/:orderNumber/cancel', 'cancelled'),
});
