import type { Api, Operation, ParameterName } from '@cafe-lumiere/contract';
import type { Context } from 'koa';
import type { z } from 'zod';
import { valid, validBody } from './request-body.js';
import type { Route } from './route.js';

/** What a schema lets through; without one nothing is said about the type. */
type Output<Schema> = Schema extends z.ZodType ? z.output<Schema> : unknown;

/** A request that an operation's schemas have let pass. */
export interface OperationRequest<Declared extends Operation> {
  readonly query: Output<Declared['query']>;
  readonly body: Output<Declared['body']>;
  /** The parameters in the path. */
  readonly params: Readonly<Record<ParameterName<Declared['path']>, string>>;
}

/** Answers a request of one operation, by writing to Koa's context. */
export type Handler<Declared extends Operation> = (
  context: Context,
  request: OperationRequest<Declared>,
) => Promise<void> | void;

/** A handler for each operation of an API: one that is missing, or one too many, does not compile. */
export type Handlers<Declared extends Api> = {
  readonly [Name in keyof Declared]: Handler<Declared[Name]>;
};

/**
 * The routes of an API with its handlers. A request is validated by the same declaration that the OpenAPI document is made
 * from, so that the two cannot differ. Earlier operations are asked first when two paths match.
 */
export function routesOf<Declared extends Api>(
  api: Declared,
  handlers: Handlers<Declared>,
): readonly Route[] {
  return Object.entries<Operation>(api).map(([name, { method, path, audience, query, body }]) => {
    // The schemas above are those that the handler's type was made from; TypeScript cannot follow a loop over keys.
    const handle = handlers[name as keyof Declared] as Handler<Operation>;
    return {
      method,
      path,
      audience,
      answer: async (context, params) => {
        await handle(context, {
          query: query ? valid(context.query, query) : undefined,
          body: body ? await validBody(context, body) : undefined,
          params,
        });
      },
    };
  });
}
