import type { Context } from 'koa';
import { z } from 'zod';
import { orderCounts } from '../order-service/order.js';
import { ask, send } from '@cafe-lumiere/runtime/upstream';
import { Problem } from '@cafe-lumiere/runtime/http';
import type { Upstream } from '@cafe-lumiere/runtime/upstream';

/** More open orders than a board can show; those that wait longest are on it, however many there are. */
const LIMIT = '1000';

const numbered = z.array(z.looseObject({ id: z.number() }));

/** Answers with the orders of these statuses. The kitchen works off the oldest first. */
export async function ordersOldestFirst(
  context: Context,
  orders: Upstream,
  statuses: readonly string[],
): Promise<void> {
  const answer = await ask(context, orders, {
    method: 'GET',
    path: '/orders',
    query: { status: statuses.join(','), limit: LIMIT, after: '0' },
  });
  const read = numbered.safeParse(answer.body);
  // Sorted, because a pod of an older version knows no `after`, and begins with the newest.
  if (answer.status === 200 && read.success)
    context.body = read.data.toSorted((one, other) => one.id - other.id);
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
  const total = Object.values(read.data).reduce((sum, count) => sum + count, 0);
  context.body = { ...read.data, total };
}
