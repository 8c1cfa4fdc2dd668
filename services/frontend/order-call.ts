import { orderNumberIn } from '../order-service/order-number.js';
import type { UpstreamRequest } from '@cafe-lumiere/runtime/upstream';

/** A cook's steps, by the words in our paths. */
export const STEPS = ['start', 'ready', 'serve', 'cancel'] as const;
export type Step = (typeof STEPS)[number];

/** Where order-service has an order. @throws Problem 404 for what cannot be an order's number */
export function orderPath(orderNumber: string): string {
  return `/orders/${orderNumberIn(orderNumber)}`;
}

/** The call that cancels an order for its guest, which may be repeated, too. @throws Problem 404, as above */
export function cancelCall(orderNumber: string): UpstreamRequest {
  return { method: 'PUT', path: orderPath(orderNumber), body: { status: 'cancelled' } };
}

/**
 * The call for a cook's step: a PUT, which may be repeated when nobody answered, because the same step twice changes
 * nothing.
 *
 * @throws Problem 404 for what cannot be an order's number
 */
export function stepCall(orderNumber: string, step: Step): UpstreamRequest {
  const word = step === 'start' ? 'prepare' : step;
  return { method: 'PUT', path: `/kitchen/orders/${orderNumberIn(orderNumber)}/${word}` };
}
