import { HEADERS } from '@cafe-lumiere/contract';
import type { Context } from 'koa';
import type { Upstream } from './upstream.js';
import type { UpstreamAnswer, UpstreamRequest } from './upstream-call.js';
import { remainingMsOf, requestIdOf } from '../http/application.js';

/** Headers of an answer that mean the same to our own client. */
const PASSED_HEADERS = ['retry-after', 'link', 'allow', 'location'] as const;

/**
 * Calls another service on behalf of a request of ours: with its id, so that the logs of both can be put together, and
 * for no longer than our caller waits.
 */
export function ask(context: Context, upstream: Upstream, call: UpstreamRequest): Promise<UpstreamAnswer> {
  return upstream.request({
    ...call,
    remainingMs: remainingMsOf(context),
    headers: { [HEADERS.requestId]: requestIdOf(context), ...call.headers },
  });
}

/** Answers with another service's answer: status, body and the headers that mean something to our client. */
export function send(context: Context, { status, headers, body }: UpstreamAnswer): void {
  context.status = status;
  for (const name of PASSED_HEADERS) {
    const value = headers[name];
    if (value !== undefined) context.set(name, value);
  }
  if (body === undefined) return;
  context.body = JSON.stringify(body);
  context.type = headers['content-type'] ?? 'application/json';
}

/** {@link ask} and {@link send}. */
export async function passOn(context: Context, upstream: Upstream, call: UpstreamRequest): Promise<void> {
  send(context, await ask(context, upstream, call));
}
