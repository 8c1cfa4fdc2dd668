import type { Context } from 'koa';
import { orderCounts } from '../order-service/order.js';
import { ask, send } from '@cafe-lumiere/runtime/upstream';
import { Problem } from '@cafe-lumiere/runtime/http';
import type { Upstream } from '@cafe-lumiere/runtime/upstream';

/** More open orders than a kitchen can have. */
const LIMIT = '1000';

/** Answers with the orders of these statuses. The kitchen works off the oldest first. */
export async function ordersOldestFirst(
  context: Context,
  orders: Upstream,
  statuses: readonly string[],
): Promise<void> {
  const answer = await ask(context, orders, {
    method: 'GET',
    path: '/orders',
    query: { status: statuses.join(','), limit: LIMIT },
  });
  if (answer.status === 200 && Array.isArray(answer.body)) context.body = answer.body.toReversed();
  else send(context, answer);
}

/** Answers with how many orders have which status, and how many there are. */
export async function stats(context: Context, orders: Upstream): Promise<void> {
  const answer = await ask(context, orders, { method: 'GET', path: '/orders/counts' });
  if (answer.status !== 200) {
    send(context, answer);
    return;
  }
  const read = orderCounts.safeParse(answer.body);
  if (!read.success)
    throw new Problem(502, { detail: 'order-service answered something that are no counts.' });
  const { ordered, preparing, ready, served } = read.data;
  context.body = { ...read.data, total: ordered + preparing + ready + served };
}
