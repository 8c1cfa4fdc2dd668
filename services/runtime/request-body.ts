import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { Problem } from './problem.js';

/** No order of the café comes near it; whoever sends more is not ordering. */
export const BODY_LIMIT = '64kb';

const bodyError = z.object({
  status: z.number().optional(),
  type: z.string().optional(),
  message: z.string(),
});

/**
 * Reads JSON bodies and, for pages, form bodies. What cannot be read is a problem: 400 for broken JSON, 413 for too
 * much, 415 for another kind of body.
 */
export function requestBody({ forms }: { readonly forms: boolean }): Middleware {
  const types = forms ? ['json', '+json', 'urlencoded'] : ['json', '+json'];
  const parse = bodyParser({
    enableTypes: forms ? ['json', 'form'] : ['json'],
    // application/problem+json and its like are JSON, which the parser does not know.
    detectJSON: (context) => Boolean(context.request.is('json', '+json')),
    jsonLimit: BODY_LIMIT,
    formLimit: BODY_LIMIT,
    // Only objects and arrays: `"text"` alone is JSON and no order.
    jsonStrict: true,
    onError: (error) => {
      throw asProblem(error);
    },
  });
  return async (context, next) => {
    const hasBody = Number(context.headers['content-length'] ?? 0) > 0;
    const chunked = context.headers['transfer-encoding'] !== undefined;
    if ((hasBody || chunked) && !['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(context.method)) {
      if (!context.request.is(types)) {
        throw new Problem(415, {
          detail: `The body is ${context.get('content-type') || 'of no stated type'}; send application/json.`,
        });
      }
    }
    await parse(context, next);
  };
}

function asProblem(error: unknown): Problem {
  const { data } = bodyError.safeParse(error);
  if (data?.status === 413) return new Problem(413, { detail: `The body is larger than ${BODY_LIMIT}.` });
  if (data?.type === 'encoding.unsupported' || data?.status === 415) {
    return new Problem(415, { detail: `The body cannot be read: ${data.message}.` });
  }
  return new Problem(400, {
    detail: `The body is not well-formed: ${data?.message ?? 'it cannot be read'}.`,
  });
}

/**
 * The request's JSON body as the schema has it.
 *
 * @throws Problem 400 when there is no body, 415 when it is no JSON, 422 that names each field that is wrong
 */
export function validBody<Schema extends z.ZodType>(
  { request }: Pick<Context, 'request'>,
  schema: Schema,
): z.output<Schema> {
  // Without a type there is no body either: requestBody has refused all others.
  if (request.type === '' || request.rawBody === '') {
    throw new Problem(400, { detail: 'There is no body; send one as application/json.' });
  }
  if (!request.is('json', '+json')) {
    throw new Problem(415, { detail: `The body is ${request.type}; send application/json.` });
  }
  return valid(request.body, schema);
}

/** The fields of an HTML form as the schema has them. @throws Problem 415 for another body, 422 that names each field */
export function validForm<Schema extends z.ZodType>(
  { request }: Pick<Context, 'request'>,
  schema: Schema,
): z.output<Schema> {
  if (request.is('urlencoded')) return valid(request.body, schema);
  throw new Problem(415, { detail: 'This address takes the form of its page; programs use /api.' });
}

/** A value as the schema has it. @throws Problem 422 that names each field that is wrong */
export function valid<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw Problem.invalid(read.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })));
}
