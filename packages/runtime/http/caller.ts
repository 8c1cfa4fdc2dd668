import { HEADERS } from '@cafe-lumiere/contract';
import type { Context } from 'koa';
import type { Deadline } from '../deadline.js';
import { Span } from '../tracing/span.js';
import { arrivalOf } from './overload/arrival.js';

/** What Koa keeps of a request while it is answered. */
interface WithState {
  readonly state: Record<string, unknown>;
}

/** The part of its trace that the answer to this request is. @throws Error for a request that is not the runtime's */
export function spanOf({ state }: WithState): Span {
  const span = state['span'];
  if (span instanceof Span) return span;
  throw new Error('This request has no span: it did not come through an application of the runtime.');
}

/** What a line of the log says about the request that it belongs to, by OpenTelemetry's names for what is its. */
export function loggedOf(context: WithState): Readonly<Record<'requestId' | 'trace_id' | 'span_id', string>> {
  const { traceId, spanId } = spanOf(context).context;
  return { requestId: requestIdOf(context), trace_id: traceId, span_id: spanId };
}

/** `X-Request-Id`, the caller's or ours; in the log, in the answer, and passed on to whoever we call. */
export const requestIdOf = ({ state }: WithState): string => String(state['requestId']);

/** When the caller of this request gives up, when it has said so and is believed: on a route for services. */
export function deadlineOf({ state }: WithState): Deadline | undefined {
  const deadline = state['deadline'];
  return typeof deadline === 'number' ? deadline : undefined;
}

/** Milliseconds that the caller of this request still waits, when it has said so and is believed. */
export function remainingMsOf(context: WithState): number | undefined {
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
