import Router from '@koa/router';
import { z } from 'zod';
import { valid, validBody } from '../runtime/request-body.js';
import { notFound, type OrderBook } from './order-book.js';
import { isOrderNumber } from './order-number.js';
import { idempotencyKey, priced } from './order-request.js';
import { STATUSES } from './order.js';

/** Without a limit, the newest orders of a busy day; all of history would be gigabytes in a year. */
const DEFAULT_LIMIT = 200;
const MAX_LIMIT = 1000;

const status = z.enum(STATUSES, `must be one of ${STATUSES.join(', ')}`);
const listQuery = z.object({
  status: z
    .string('must stand once; several values are separated by commas')
    .transform((text) => text.split(','))
    .pipe(z.array(status))
    .optional(),
  limit: z
    .string('must stand once')
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1, 'must be at least 1').max(MAX_LIMIT, `must be at most ${MAX_LIMIT}`))
    .default(DEFAULT_LIMIT),
});
const statusBody = z.object({ status }, 'must be an object');

/** The HTTP side of order-service. */
export function orderRoutes(book: OrderBook): Router {
  const router = new Router();
  router.post('/orders', async (context) => {
    const key = idempotencyKey(context.get('idempotency-key'));
    context.body = await book.place(priced(validBody(context, z.unknown())), key);
    context.status = 201;
  });
  router.get('/orders', async (context) => {
    const { status: statuses, limit } = valid(context.query, listQuery);
    context.body = await book.list({ limit, ...(statuses ? { statuses } : {}) });
  });
  // Before the next one, which would take "counts" for a number.
  router.get('/orders/counts', async (context) => {
    context.body = await book.count();
  });
  router.get('/orders/:orderNumber', async (context) => {
    context.body = await book.find(orderNumberOf(context.params['orderNumber']));
  });
  router.put('/orders/:orderNumber', async (context) => {
    const orderNumber = orderNumberOf(context.params['orderNumber']);
    context.body = await book.advance(orderNumber, validBody(context, statusBody).status);
  });
  return router;
}

function orderNumberOf(parameter: string | undefined): string {
  const text = parameter ?? '';
  if (isOrderNumber(text)) return text;
  throw notFound(text);
}
