import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { valid, validBody } from './request-body.js';

/** What one method of one path takes, does and answers. */
export interface Operation<Query extends z.ZodType, Body extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put';
  /** With the router's parameters, such as `/orders/:orderNumber`. */
  readonly path: string;
  /** One sentence for the API's readers. */
  readonly summary: string;
  /** What may stand in the query. @default - not looked at */
  readonly query?: Query;
  /** The JSON body. @default - none */
  readonly body?: Body;
  /** Request headers that mean something. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: OperationAnswer;
  /** The statuses of its problems. */
  readonly problems: readonly number[];
  handle(context: Context, request: OperationRequest<Query, Body>): Promise<void> | void;
}

/** A request that the schemas have let pass. */
export interface OperationRequest<Query extends z.ZodType, Body extends z.ZodType> {
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
  /** The parameters in the path. */
  readonly params: Readonly<Record<string, string>>;
}

/** A successful answer. */
export interface OperationAnswer {
  readonly status: 200 | 201;
  readonly description: string;
  /** What the JSON holds. @default - another type of content */
  readonly schema?: z.ZodType;
  /** The type of the content. @default 'application/json' */
  readonly contentType?: string;
}

/** An operation as the OpenAPI document describes it. */
export type DescribedOperation = Omit<Operation<z.ZodType, z.ZodType>, 'handle'>;

/**
 * The operations of a service: one declaration routes a request, validates it, and describes it in the service's OpenAPI
 * document, so that the three cannot differ.
 */
export class Operations {
  readonly router = new Router();
  private readonly all: DescribedOperation[] = [];

  /** Adds an operation. Earlier ones are asked first when two paths match. */
  add<Query extends z.ZodType = z.ZodUnknown, Body extends z.ZodType = z.ZodUnknown>(
    operation: Operation<Query, Body>,
  ): this {
    const { method, path, query, body } = operation;
    const anything = z.unknown();
    this.all.push(operation);
    this.router[method](path, async (context) => {
      // Without a schema nothing is said about the type either: it is `unknown`.
      const read = {
        query: (query ? valid(context.query, query) : anything.parse(undefined)) as z.output<Query>,
        body: (body ? await validBody(context, body) : anything.parse(undefined)) as z.output<Body>,
      };
      await operation.handle(context, { ...read, params: context.params });
    });
    return this;
  }

  get described(): readonly DescribedOperation[] {
    return this.all;
  }
}
