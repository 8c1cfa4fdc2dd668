import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Context } from 'koa';
import type { z } from 'zod';
import { REQUEST_LIMITS } from './limits.js';
import { Problem } from './problem.js';

/** A request's body as it came: its bytes, and what they are. */
export interface RawBody {
  readonly type?: string;
  /** How the bytes are compressed. @default - not at all */
  readonly encoding?: string;
  readonly bytes: Buffer;
}

/** What a request has sent can be read once; several may want it. */
const read = new WeakMap<IncomingMessage, Promise<RawBody>>();

/**
 * The request's body, unread, for whoever passes it on to a service that reads and judges it.
 *
 * @throws Problem 413 when it is too large
 */
export function rawBody({ req }: Context): Promise<RawBody> {
  const body = read.get(req) ?? receive(req);
  read.set(req, body);
  return body;
}

async function receive(req: IncomingMessage): Promise<RawBody> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Left as it is when it is too large: whatever answers still needs the connection.
  for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > REQUEST_LIMITS.bodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  const { 'content-type': type, 'content-encoding': encoding } = req.headers;
  return {
    ...(type === undefined ? {} : { type }),
    ...(encoding === undefined ? {} : { encoding }),
    bytes: Buffer.concat(chunks),
  };
}

/**
 * Resolves when the body is here that {@link validBody}, {@link validForm} and {@link rawBody} read, so that a client which
 * sends it slowly waits by itself. A body of another kind, such as a large file, is left to whoever reads it.
 */
export async function receivedBody(context: Context): Promise<void> {
  if (!hasBody(context) || context.request.is('json', '+json', 'urlencoded') === false) return;
  // Whoever reads it is told what is wrong with it.
  await rawBody(context).catch(() => undefined);
}

/**
 * The request's JSON body as the schema has it. Only whoever wants a body reads it.
 *
 * @throws Problem 400 when there is none or it is malformed, 413 when it is too large, 415 when it is no JSON, 422 that
 * names each field that is wrong
 */
export async function validBody<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const { request } = context;
  // Whatever its type: what is missing is the body.
  if (!hasBody(context)) throw noBody();
  if (request.is('json', '+json') === false) {
    throw new Problem(415, {
      detail: `The body is ${request.type === '' ? 'of no stated type' : request.type}; send application/json.`,
    });
  }
  const text = await textOf(context);
  if (text === '') throw noBody();
  return valid(parseJson(text), schema);
}

/** The fields of an HTML form as the schema has them. @throws Problem 415 for another body, 422 that names each field */
export async function validForm<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!hasBody(context) || context.request.is('urlencoded') === false) {
    throw new Problem(415, { detail: 'This address takes the form of its page; programs use /api.' });
  }
  return valid(Object.fromEntries(new URLSearchParams(await textOf(context))), schema);
}

/** A value as the schema has it. @throws Problem 422 that names each field that is wrong */
export function valid<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw Problem.invalid(parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}

const UNPACK = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  deflate: promisify<Buffer, { maxOutputLength: number }, Buffer>(inflate),
  br: promisify<Buffer, { maxOutputLength: number }, Buffer>(brotliDecompress),
} as const;

/** JSON and forms are UTF-8 whatever their type says. */
async function textOf(context: Context): Promise<string> {
  const { encoding = 'identity', bytes } = await rawBody(context);
  return new TextDecoder().decode(await unpacked(encoding.toLowerCase(), bytes));
}

async function unpacked(encoding: string, bytes: Buffer): Promise<Buffer> {
  if (encoding === 'identity') return bytes;
  const unpack = Object.entries(UNPACK).find(([name]) => name === encoding)?.[1];
  if (!unpack) {
    const known = Object.keys(UNPACK).join(', ');
    throw new Problem(415, {
      detail: `The body is encoded as "${encoding}"; send it as it is, or as ${known}.`,
    });
  }
  try {
    return await unpack(bytes, { maxOutputLength: REQUEST_LIMITS.bodyBytes });
  } catch (cause) {
    // By name: Node's errors are of another class in a context of its own, as tests have one.
    if (Reflect.get(Object(cause), 'code') === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new Problem(400, { detail: `The body is not well-formed ${encoding}.`, cause });
  }
}

/** Objects and arrays only: `"text"` alone is JSON, and nobody's request. @throws Problem 400 */
function parseJson(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'it cannot be read';
    throw new Problem(400, { detail: `The body is not well-formed: ${reason}.`, cause });
  }
  if (typeof value !== 'object' || value === null) {
    throw new Problem(400, { detail: 'The body is neither an object nor an array.' });
  }
  // An own member here; copied carelessly, it would be the prototype of whatever it is copied to.
  if (reachesForPrototype(value)) throw new Problem(400, { detail: 'The body has a member "__proto__".' });
  return value;
}

/** Without recursion: what is sent may be nested as deeply as it is long. */
function reachesForPrototype(value: object): boolean {
  const objects = [value];
  for (let object = objects.pop(); object; object = objects.pop()) {
    if (Object.hasOwn(object, '__proto__')) return true;
    for (const member of Object.values<unknown>({ ...object })) {
      if (typeof member === 'object' && member !== null) objects.push(member);
    }
  }
  return false;
}

const tooLarge = (): Problem =>
  new Problem(413, { detail: `The body is larger than ${REQUEST_LIMITS.bodyBytes / 1024} kB.` });

const noBody = (): Problem => new Problem(400, { detail: 'There is no body; send one as application/json.' });

const hasBody = ({ headers }: Context): boolean =>
  Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
