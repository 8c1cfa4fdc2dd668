import { STATUS_CODES } from 'node:http';
import { z } from 'zod';

/** What an answer says beyond its status. */
export interface ProblemOptions {
  /** What to do, for whoever reads it. */
  readonly detail?: string;
  /** Further headers, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the body, such as `errors`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** What led to it; logged, never sent. */
  readonly cause?: unknown;
}

/** One field that is wrong. */
const fieldError = z.object({
  path: z.string().meta({ description: 'Where it is, such as items.0.quantity; empty for the whole body' }),
  message: z.string(),
});
export type FieldError = Readonly<z.output<typeof fieldError>>;

/** The answer as it is sent, RFC 9457, with `error` for the first system's clients, who look for a string there. */
export const problemBody = z.looseObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  error: z.string().meta({ description: 'What `detail` says, for older clients' }),
  errors: z.array(fieldError).optional(),
});
export type ProblemBody = Readonly<z.output<typeof problemBody>>;

/**
 * An answer that is not a success. Throw it from a route; the runtime sends it as `application/problem+json`.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export class Problem extends Error {
  readonly title: string;

  constructor(
    readonly status: number,
    readonly options: ProblemOptions = {},
  ) {
    const title = STATUS_CODES[status] ?? 'Error';
    super(options.detail ?? title, { cause: options.cause });
    this.name = 'Problem';
    this.title = title;
  }

  /** 503 with `Retry-After`: the client may send the same request again. */
  static unavailable(detail: string, options: Omit<ProblemOptions, 'detail'> = {}): Problem {
    return new Problem(503, {
      ...options,
      detail,
      headers: { 'Retry-After': '1', ...options.headers },
    });
  }

  /** 422 that names each field. */
  static invalid(errors: readonly FieldError[]): Problem {
    const detail = errors
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; ');
    return new Problem(422, { detail, members: { errors } });
  }

  /** The body of the answer to a request for `instance`. */
  body(instance?: string): ProblemBody {
    const { detail, members } = this.options;
    return {
      ...members,
      type: 'about:blank',
      title: this.title,
      status: this.status,
      ...(detail === undefined ? {} : { detail }),
      ...(instance === undefined ? {} : { instance }),
      error: detail ?? this.title,
    };
  }
}
