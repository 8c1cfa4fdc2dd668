import { defineApi } from '@cafe-lumiere/contract';
import { z } from 'zod';
import { orderRequest } from './order-request.js';
import { order, orderCounts, STATUSES } from './order.js';
import { forgotten, turn, turnRequest } from './guess-turn.js';

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
  after: wholeNumber.optional().meta({
    description: 'The same for a list that begins with the oldest: 0 for its first page',
  }),
});

/** The header that makes one order of one click, however often it is sent. */
export const IDEMPOTENCY_KEY = {
  'Idempotency-Key': '1 to 255 printable ASCII characters, such as a UUID, made when the button is drawn',
} as const;

/** The header with what opens an order for its guest: in order-service's answers, and in a guest's questions. */
export const ORDER_TOKEN = 'order-token';

/** What order-service takes and answers. */
export const orderApi = defineApi({
  placeOrder: {
    method: 'post',
    path: '/orders',
    summary: 'Places an order. With an Idempotency-Key, at most once.',
    audience: 'services',
    headers: IDEMPOTENCY_KEY,
    body: orderRequest,
    answer: { status: 201, description: 'The order', schema: order },
    problems: [400, 409, 413, 415, 422, 503],
  },
  listOrders: {
    method: 'get',
    path: '/orders',
    summary: 'Lists orders, the newest first, or with `after` the oldest first.',
    audience: 'services',
    query: listQuery,
    answer: {
      status: 200,
      description: 'The orders; a full page has a Link header with rel="next"',
      schema: z.array(order),
    },
    problems: [422, 503],
  },
  countOrders: {
    method: 'get',
    path: '/orders/counts',
    summary: 'Counts the orders by status.',
    audience: 'services',
    answer: { status: 200, description: 'How many orders have which status', schema: orderCounts },
    problems: [503],
  },
  followOrders: {
    method: 'get',
    path: '/orders/events',
    summary: 'Streams every change of an order, in one order for everybody.',
    audience: 'services',
    headers: {
      'Last-Event-ID': 'The number of the last event that was seen: the stream continues after it',
    },
    answer: {
      status: 200,
      description: 'Server-sent events: `order` with the order after the change, `resync`, `ping`',
      event: 'order',
      payload: order,
    },
    problems: [429, 503],
  },
  findOrder: {
    method: 'get',
    path: '/orders/:orderNumber',
    summary: 'Shows one order.',
    audience: 'services',
    answer: { status: 200, description: 'The order', schema: order },
    problems: [400, 404, 503],
  },
  advanceOrder: {
    method: 'put',
    path: '/orders/:orderNumber',
    summary: 'Moves an order one step forward, or cancels it. The same again changes nothing.',
    audience: 'services',
    body: z.object({ status }, 'must be an object'),
    answer: { status: 200, description: 'The order', schema: order },
    problems: [400, 404, 409, 413, 415, 422, 503],
  },
  takeGuessTurn: {
    method: 'post',
    path: '/guesses',
    summary: 'Counts a guess of the staff’s password as a wrong one, and says when it may be looked at.',
    audience: 'services',
    body: turnRequest,
    answer: { status: 200, description: 'Its turn', schema: turn },
    problems: [400, 413, 415, 422, 429, 503],
  },
  forgetGuesses: {
    method: 'put',
    path: '/guesses',
    summary: 'Forgets the wrong guesses of a client that has given the right password.',
    audience: 'services',
    body: forgotten,
    answer: { status: 200, description: 'What is known of it now', schema: forgotten },
    problems: [400, 413, 415, 422, 503],
  },
});
