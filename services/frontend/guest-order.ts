import { hash, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import { z } from 'zod';
import { Problem } from '@cafe-lumiere/runtime/http';
import type { UpstreamAnswer } from '@cafe-lumiere/runtime/upstream';
import { ORDER_TOKEN } from '../order-service/api.js';
import { order } from '../order-service/order.js';

/** Everything that a guest's order has; the guest, what it is and what it costs for whoever may open it. */
export const guestOrder = order
  .unwrap()
  .partial({ id: true, customer_name: true, items: true, total_price: true })
  .readonly();

/** What the number alone opens: it is on a screen for everybody. */
export const numberedOrder = order
  .unwrap()
  .pick({ order_number: true, status: true, created_at: true, updated_at: true })
  .readonly();

/** The answer to the one who places an order. */
export const placedOrder = order
  .unwrap()
  .extend({
    token: z
      .string()
      .optional()
      .meta({ description: 'Opens the order later, in the header Order-Token. For nobody else to see' }),
  })
  .readonly();

/** What opens an order, as order-service answers it. */
export const tokenIn = ({ headers }: UpstreamAnswer): string | undefined => headers[ORDER_TOKEN];

/** What a guest's program gives; a page has it in its own address. */
export const givenToken = (context: Context): string => context.get(ORDER_TOKEN);

/** Whether what was given opens this order. */
export function opens(given: string, answer: UpstreamAnswer): boolean {
  const token = tokenIn(answer);
  return token !== undefined && timingSafeEqual(digestOf(given), digestOf(token));
}

/** For whoever has only the number of somebody's order, or less. */
export const notYours = (): Problem =>
  new Problem(403, {
    detail: 'This is for whoever placed the order: it needs the token that the answer to it had.',
  });

/** Of equal length, whatever was given. */
const digestOf = (text: string): Buffer => Buffer.from(hash('sha256', text, 'hex'), 'hex');
