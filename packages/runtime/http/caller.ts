import { HEADERS } from '@cafe-lumiere/contract';
import type { Context } from 'koa';
import type { Deadline } from '../deadline.js';
import { arrivalOf } from './overload/arrival.js';

/** `X-Request-Id`, the caller's or ours; in the log, in the answer, and passed on to whoever we call. */
export const requestIdOf = ({ state }: { readonly state: Record<string, unknown> }): string =>
  String(state['requestId']);

/** When the caller of this request gives up, when it has said so and is believed: on a route for services. */
export function deadlineOf({ state }: { readonly state: Record<string, unknown> }): Deadline | undefined {
  const deadline = state['deadline'];
  return typeof deadline === 'number' ? deadline : undefined;
}

/** Milliseconds that the caller of this request still waits, when it has said so and is believed. */
export function remainingMsOf(context: { readonly state: Record<string, unknown> }): number | undefined {
  const deadline = deadlineOf(context);
  return deadline === undefined ? undefined : Math.max(1, deadline - performance.now());
}

/**
 * Takes the caller's word for how long it waits. Only where all callers are services of ours: anybody else could have us give up on
 * a service that is well.
 */
export function believeCaller(context: Context): void {
  const timeout = context.get(HEADERS.requestTimeoutMs);
  if (/^\d{1,6}$/.test(timeout)) context.state['deadline'] = arrivalOf(context.req) + Number(timeout);
}
