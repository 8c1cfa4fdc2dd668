import { z } from 'zod';
import { order, type Order, orderCounts } from '../order-service/order.js';
import type { EventHub } from '@cafe-lumiere/runtime/events';
import { Operations } from '@cafe-lumiere/runtime/http';
import { passOn } from '@cafe-lumiere/runtime/upstream';
import type { Upstream } from '@cafe-lumiere/runtime/upstream';
import { ordersOldestFirst, stats } from './boards.js';

/** The steps of a cook, by the words in the paths, and the status that each leads to. */
const STEPS = { prepare: 'preparing', start: 'preparing', ready: 'ready', serve: 'served' } as const;

const orders200 = {
  status: 200,
  description: 'The orders, the oldest first',
  schema: z.array(order),
} as const;

/** What the display shows of an order: nobody's name on a screen for everybody. */
export const displayedOrder = order.unwrap().pick({ order_number: true, status: true, updated_at: true });
const stream200 = (shown: string) =>
  ({
    status: 200,
    description: `Server-sent events: \`order\` with ${shown}, \`resync\`, \`ping\``,
    contentType: 'text/event-stream',
  }) as const;

/** The HTTP side of kitchen-service. */
export function kitchenOperations(orders: Upstream, hub: EventHub<Order>): Operations {
  const operations = new Operations()
    .add({
      method: 'get',
      path: '/kitchen/orders',
      summary: 'Lists what is not served yet.',
      answer: orders200,
      problems: [503],
      handle: (context) => ordersOldestFirst(context, orders, ['ordered', 'preparing', 'ready']),
    })
    .add({
      method: 'get',
      path: '/display/orders',
      summary: 'Lists what is being prepared and what is ready.',
      answer: orders200,
      problems: [503],
      handle: (context) => ordersOldestFirst(context, orders, ['preparing', 'ready']),
    })
    .add({
      method: 'get',
      path: '/kitchen/stats',
      summary: 'Counts the orders by status.',
      answer: {
        status: 200,
        description: 'How many orders have which status, and how many there are',
        schema: orderCounts.extend({ total: z.number() }),
      },
      problems: [502, 503],
      handle: (context) => stats(context, orders),
    })
    .add({
      method: 'get',
      path: '/kitchen/events',
      summary: 'Streams every change of an order.',
      answer: stream200('the order after the change'),
      problems: [503],
      handle(context) {
        hub.stream(context, asItIs);
      },
    })
    .add({
      method: 'get',
      path: '/display/events',
      summary: 'Streams every change of an order, without names.',
      answer: stream200('its number and status'),
      problems: [503],
      handle(context) {
        hub.stream(context, displayed);
      },
    });
  // PUT with the first system's verbs, POST with its later ones; both are in use.
  for (const [method, words] of [
    ['put', ['prepare', 'ready', 'serve']],
    ['post', ['start', 'ready', 'serve']],
  ] as const) {
    for (const word of words) {
      operations.add({
        method,
        path: `/kitchen/orders/:orderNumber/${word}`,
        summary: `Makes an order "${STEPS[word]}". The same step again changes nothing.`,
        answer: { status: 200, description: 'The order', schema: order },
        problems: [400, 404, 409, 503],
        async handle(context, { params }) {
          const path = `/orders/${encodeURIComponent(String(params['orderNumber']))}`;
          await passOn(context, orders, { method: 'PUT', path, body: { status: STEPS[word] } });
        },
      });
    }
  }
  return operations;
}

/** Everything, for those who work with it. */
export const asItIs = (changed: Order): Order => changed;
/** See {@link displayedOrder}. */
export const displayed = (changed: Order): z.output<typeof displayedOrder> => displayedOrder.parse(changed);
