import { isOrderNumber } from '../order-service/order-number.js';
import { Problem } from '@cafe-lumiere/runtime/http';
import type { UpstreamRequest } from '@cafe-lumiere/runtime/upstream';

/** A cook's steps, by the words in our paths. */
export const STEPS = ['start', 'ready', 'serve'] as const;
export type Step = (typeof STEPS)[number];

/** Where order-service has an order. @throws Problem 404 for what cannot be an order's number */
export function orderPath(orderNumber: string | undefined): string {
  return `/orders/${orderNumberIn(orderNumber)}`;
}

/**
 * The call for a cook's step: a PUT, which may be repeated when nobody answered, because the same step twice changes
 * nothing.
 *
 * @throws Problem 404 for what cannot be an order's number
 */
export function stepCall(orderNumber: string | undefined, step: Step): UpstreamRequest {
  const word = step === 'start' ? 'prepare' : step;
  return { method: 'PUT', path: `/kitchen/orders/${orderNumberIn(orderNumber)}/${word}` };
}

/**
 * The number in a path. Checked here already: `..` as a piece of a path would lead to another route of the service behind.
 *
 * @throws Problem 404
 */
export function orderNumberIn(orderNumber = ''): string {
  if (isOrderNumber(orderNumber)) return orderNumber;
  throw new Problem(404, { detail: `There is no order ${orderNumber}.` });
}
