import { bodyParser } from '@koa/bodyparser';
import type { Context } from 'koa';
import { z } from 'zod';
import { REQUEST_LIMITS } from './limits.js';
import { Problem } from './problem.js';

const bodyError = z.object({
  status: z.number().optional(),
  type: z.string().optional(),
  message: z.string(),
});

const parse = bodyParser({
  enableTypes: ['json', 'form'],
  // application/problem+json and its like are JSON, which the parser does not know.
  detectJSON: (context) => Boolean(context.request.is('json', '+json')),
  jsonLimit: REQUEST_LIMITS.bodyBytes,
  formLimit: REQUEST_LIMITS.bodyBytes,
  // Only objects and arrays: `"text"` alone is JSON, and nobody's request.
  jsonStrict: true,
  onError: (error) => {
    throw asProblem(error);
  },
});

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
  // No type and no body: what is missing is the body, not its type.
  if (request.type === '' && !hasBody(context)) throw noBody();
  if (!request.is('json', '+json')) {
    if (!hasBody(context)) throw noBody();
    throw new Problem(415, {
      detail: `The body is ${request.type === '' ? 'of no stated type' : request.type}; send application/json.`,
    });
  }
  await parse(context, () => Promise.resolve());
  if (request.rawBody === '') throw noBody();
  return valid(request.body, schema);
}

/** The fields of an HTML form as the schema has them. @throws Problem 415 for another body, 422 that names each field */
export async function validForm<Schema extends z.ZodType>(
  context: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!context.request.is('urlencoded')) {
    throw new Problem(415, { detail: 'This address takes the form of its page; programs use /api.' });
  }
  await parse(context, () => Promise.resolve());
  return valid(context.request.body, schema);
}

/** A request's body as it came: its bytes, and what they are. */
export interface RawBody {
  readonly type?: string;
  /** How the bytes are compressed. @default - not at all */
  readonly encoding?: string;
  readonly bytes: Buffer;
}

/**
 * The request's body, unread, for whoever passes it on to a service that reads and judges it.
 *
 * @throws Problem 413 when it is too large
 */
export async function rawBody({ req }: Context): Promise<RawBody> {
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

const tooLarge = (): Problem =>
  new Problem(413, { detail: `The body is larger than ${REQUEST_LIMITS.bodyBytes / 1024} kB.` });

const noBody = (): Problem => new Problem(400, { detail: 'There is no body; send one as application/json.' });

const hasBody = ({ headers }: Context): boolean =>
  Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;

function asProblem(error: unknown): Problem {
  const { data } = bodyError.safeParse(error);
  if (data?.status === 413) return tooLarge();
  if (data?.type === 'encoding.unsupported' || data?.status === 415) {
    return new Problem(415, { detail: `The body cannot be read: ${data.message}.` });
  }
  return new Problem(400, {
    detail: `The body is not well-formed: ${data?.message ?? 'it cannot be read'}.`,
  });
}

/** A value as the schema has it. @throws Problem 422 that names each field that is wrong */
export function valid<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw Problem.invalid(read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}
