import { HEADERS } from '@cafe-lumiere/contract';
import type { Context } from 'koa';
import { remainingMsOf, requestIdOf, spanOf } from '../http/caller.js';
import { Problem } from '../http/problem.js';
import { during } from '../tracing/span.js';
import { traceHeaders } from '../tracing/trace-context.js';
import type { Upstream } from './upstream.js';
import type { RawAnswer, UpstreamAnswer, UpstreamRequest } from './upstream-call.js';

/** Headers of an answer that mean the same to our own client. */
const PASSED_HEADERS = [
  'content-type',
  HEADERS.retryAfter,
  HEADERS.overloaded,
  'link',
  'allow',
  'location',
] as const;

/**
 * Calls another service on behalf of a request of ours, for whoever reads the answer; {@link passOn} is for the rest.
 *
 * @throws Problem 503 with `Retry-After` when there is no answer within the deadline, or none that is JSON
 */
export async function ask(
  context: Context,
  upstream: Upstream,
  call: UpstreamRequest,
): Promise<UpstreamAnswer> {
  const answer = await callFor(context, upstream, call);
  if (answer.bytes.length === 0) return { ...answer, body: undefined };
  try {
    return { ...answer, body: JSON.parse(answer.bytes.toString()) };
  } catch (cause) {
    throw Problem.unavailable(`${upstream.name} answered ${answer.status} with something that is no JSON.`, {
      cause,
    });
  }
}

/** Answers with another service's answer: status, bytes, and the headers that mean something to our client. */
export function send(context: Context, { status, headers, bytes }: RawAnswer): void {
  context.status = status;
  for (const name of PASSED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) context.set(name, value);
  }
  context.body = bytes;
  // Koa gives one to whatever has none.
  if (headers['content-type'] === undefined) context.remove('Content-Type');
}

/**
 * Calls another service on behalf of a request of ours, and answers with what it answers, byte for byte.
 *
 * @example passOn(context, upstream, { method: 'POST', path: '/things', content: await rawBody(context) })
 * @throws Problem 503 with `Retry-After` when there is no answer within the deadline
 */
export async function passOn(context: Context, upstream: Upstream, call: UpstreamRequest): Promise<void> {
  send(context, await callFor(context, upstream, call));
}

/** As a part of the request's trace, so that the logs of both can be put together, and for no longer than our caller waits. */
async function callFor(context: Context, upstream: Upstream, call: UpstreamRequest): Promise<RawAnswer> {
  // One span for all tries: whether there were several, the spans of the other side say.
  const span = spanOf(context).child(`${call.method} ${upstream.name}`, 'client', {
    'http.request.method': call.method,
    'server.address': upstream.name,
  });
  const own = { [HEADERS.requestId]: requestIdOf(context), ...traceHeaders(span.context) };
  return during(span, async () => {
    const answer = await upstream.request({
      ...call,
      remainingMs: Math.min(call.remainingMs ?? Infinity, remainingMsOf(context) ?? Infinity),
      headers: { ...own, ...call.headers },
    });
    span.set({ 'http.response.status_code': answer.status });
    return answer;
  });
}
