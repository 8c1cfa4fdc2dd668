import type { z } from 'zod';

/**
 * For whom an operation is: everybody who can reach the service, those who have passed its staff door, or other services
 * only, never through an edge to the outside.
 */
export type Audience = 'everybody' | 'staff' | 'services';

/** A successful answer: JSON of a schema, events, or content of another type. */
export type OperationAnswer = {
  readonly status: 200 | 201;
  readonly description: string;
} & (
  | { readonly schema: z.ZodType }
  | { readonly event: string; readonly payload: z.ZodType }
  | { readonly contentType: string }
);

/** What one method of one path takes and answers. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** With parameters, such as `/orders/:orderNumber`. */
  readonly path: `/${string}`;
  /** One sentence for the API's readers. */
  readonly summary: string;
  readonly audience: Audience;
  /** What may stand in the query. @default - not looked at */
  readonly query?: z.ZodType;
  /** The JSON body. @default - none */
  readonly body?: z.ZodType;
  /** Request headers that mean something, each with what it means. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: OperationAnswer;
  /** The statuses of its problems. */
  readonly problems: readonly number[];
}

/** The operations of a service by their names, in the order in which the router asks them. */
export type Api = Readonly<Record<string, Operation>>;

/** An API, with everything known about it in its type. */
export const defineApi = <const Operations extends Api>(operations: Operations): Operations => operations;

/** The names of the parameters in a path. */
export type ParameterName<Path extends string> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? Name | ParameterName<`/${More}`>
    : Rest
  : never;
