import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Middleware } from 'koa';

const compress = promisify(gzip);
/** Less fits into one packet as it is. */
const WORTH_BYTES = 1000;

/** Compresses pages and JSON for whoever can read that. Streams and what is compressed already stay as they are. */
export function compression(): Middleware {
  return async (context, next) => {
    await next();
    const body: unknown = context.body;
    if (!(typeof body === 'string' || Buffer.isBuffer(body)) || body.length < WORTH_BYTES) return;
    if (context.respond === false || context.response.get('Content-Encoding') !== '') return;
    context.vary('Accept-Encoding');
    if (context.acceptsEncodings('gzip', 'identity') !== 'gzip') return;
    const { type } = context;
    context.body = await compress(body);
    context.type = type;
    context.set('Content-Encoding', 'gzip');
  };
}
