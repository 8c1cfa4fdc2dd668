import { z } from 'zod';
import { deadlineOf } from '@cafe-lumiere/runtime/http';
import type { EventHub } from '@cafe-lumiere/runtime/events';
import { Operations } from '@cafe-lumiere/runtime/http';
import { notFound, type OrderBook } from './order-book.js';
import { isOrderNumber } from './order-number.js';
import { IDEMPOTENCY_KEY, idempotencyKey, orderRequest, priced } from './order-request.js';
import { order, type Order, orderCounts, STATUSES } from './order.js';

/** Without a limit, the newest orders of a busy day; all of history would be gigabytes in a year. */
const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1000;

const status = z.enum(STATUSES, `must be one of ${STATUSES.join(', ')}`);
const wholeNumber = z
  .string('must stand once')
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);

/** The query of a list of orders. */
export const listQuery = z.object({
  status: z
    .string('must stand once; several values are separated by commas')
    .transform((text) => text.split(','))
    .pipe(z.array(status))
    .optional()
    .meta({ description: `One or several of ${STATUSES.join(', ')}, separated by commas` }),
  limit: wholeNumber
    .pipe(z.number().min(1, 'must be at least 1').max(MAX_LIMIT, `must be at most ${MAX_LIMIT}`))
    .default(DEFAULT_LIMIT)
    .meta({ description: `How many at most, up to ${MAX_LIMIT}; ${DEFAULT_LIMIT} when it is not said` }),
  before: wholeNumber
    .optional()
    .meta({ description: 'The id that the list goes on after; the Link header of a full page has it' }),
});

const statusBody = z.object({ status }, 'must be an object');

/** The HTTP side of order-service. */
export function orderOperations(book: OrderBook, hub: EventHub<Order>): Operations {
  const everything = (changed: Order): Order => changed;
  return new Operations()
    .add({
      method: 'post',
      path: '/orders',
      summary: 'Places an order. With an Idempotency-Key, at most once.',
      headers: IDEMPOTENCY_KEY,
      body: orderRequest,
      answer: { status: 201, description: 'The order', schema: order },
      problems: [400, 409, 413, 415, 422, 503],
      async handle(context, { body }) {
        const key = idempotencyKey(context.get('idempotency-key'));
        context.body = await book.place(priced(body), key, deadlineOf(context));
        context.status = 201;
      },
    })
    .add({
      method: 'get',
      path: '/orders',
      summary: 'Lists orders, the newest first.',
      query: listQuery,
      answer: {
        status: 200,
        description: 'The orders; a full page has a Link header with rel="next"',
        schema: z.array(order),
      },
      problems: [422, 503],
      async handle(context, { query }) {
        const { status: statuses, limit, before } = query;
        const orders = await book.list({ statuses, limit, before }, deadlineOf(context));
        const last = orders.at(-1);
        if (last && orders.length === limit) {
          const next = new URLSearchParams(context.querystring);
          next.set('before', String(last.id));
          // Relative to the address that was asked, which is another one behind the frontend.
          context.set('Link', `<?${next.toString()}>; rel="next"`);
        }
        context.body = orders;
      },
    })
    .add({
      method: 'get',
      path: '/orders/counts',
      summary: 'Counts the orders by status.',
      answer: { status: 200, description: 'How many orders have which status', schema: orderCounts },
      problems: [503],
      async handle(context) {
        context.body = await book.count(deadlineOf(context));
      },
    })
    .add({
      method: 'get',
      path: '/orders/events',
      summary: 'Streams every change of an order, in one order for everybody.',
      headers: {
        'Last-Event-ID': 'The number of the last event that was seen: the stream continues after it',
      },
      answer: {
        status: 200,
        description: 'Server-sent events: `order` with the order after the change, `resync`, `ping`',
        contentType: 'text/event-stream',
      },
      problems: [503],
      handle(context) {
        hub.stream(context, everything);
      },
    })
    .add({
      method: 'get',
      path: '/orders/:orderNumber',
      summary: 'Shows one order.',
      answer: { status: 200, description: 'The order', schema: order },
      problems: [400, 404, 503],
      async handle(context, { params }) {
        context.body = await book.find(orderNumberOf(params['orderNumber']), deadlineOf(context));
      },
    })
    .add({
      method: 'put',
      path: '/orders/:orderNumber',
      summary: 'Moves an order one step forward. The same step again changes nothing.',
      body: statusBody,
      answer: { status: 200, description: 'The order', schema: order },
      problems: [400, 404, 409, 413, 415, 422, 503],
      async handle(context, { body, params }) {
        const orderNumber = orderNumberOf(params['orderNumber']);
        context.body = await book.advance(orderNumber, body.status, deadlineOf(context));
      },
    });
}

function orderNumberOf(parameter: string | undefined): string {
  const text = parameter ?? '';
  if (isOrderNumber(text)) return text;
  throw notFound(text);
}
