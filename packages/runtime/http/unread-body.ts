import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { Middleware } from 'koa';
import { endsWithin } from '../deadline.js';
import { REQUEST_LIMITS } from './limits.js';

/**
 * Around every answer: a request that was answered before all of its body had come leaves a connection that goes on, or
 * one that says `Connection: close`. Whoever stops reading in the middle, as for a body that is too large, otherwise leaves
 * one that waits for ever: the next request on it is never answered.
 */
export function unreadBody(): Middleware {
  return async (context, next) => {
    await next();
    const { req, response } = context;
    if (req.complete || req.destroyed || context.respond === false) return;
    req.unpipe();
    req.resume();
    // The rest of it is here in a moment.
    if (Number(req.headers['content-length']) <= REQUEST_LIMITS.bodyBytes) return;
    context.set('Connection', 'close');
    const body: unknown = context.body;
    if (typeof body !== 'string' && !Buffer.isBuffer(body)) return;
    const { length } = response;
    context.body = Readable.from(lingering(body, req));
    response.length = length;
  };
}

/** The answer at once, and its end, with which the connection closes, when the client has sent what it wanted to. */
async function* lingering(answer: string | Buffer, req: IncomingMessage): AsyncGenerator<string | Buffer> {
  yield answer;
  const sent = new Promise<void>((done) => {
    let bytes = 0;
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > REQUEST_LIMITS.lingerBytes) done();
    });
    req.once('close', done);
  });
  if (!req.destroyed) await endsWithin(sent, REQUEST_LIMITS.lingerMs);
}
