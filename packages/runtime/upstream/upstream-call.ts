import { HEADERS } from '@cafe-lumiere/contract';
import type { RawBody } from '../http/request-body.js';
import { networkErrorCode } from '../network/network-error.js';

/** One call: with a value that is sent as JSON, with content that is sent as it is, or with nothing. */
export type UpstreamRequest = UpstreamCall &
  (
    | { readonly body?: unknown; readonly content?: undefined }
    | { readonly body?: undefined; readonly content: RawBody }
  );

interface UpstreamCall {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whether doing it twice is the same as doing it once. Only then is a call repeated whose connection broke before the
   * answer. A call that never left, because there was no connection, is repeated in any case.
   * @default - true for GET, PUT and whatever carries an Idempotency-Key
   */
  readonly repeatable?: boolean;
  /** Milliseconds that the answer is waited for at most, such as our own caller will. @default - as long as `timeoutMs` */
  readonly remainingMs?: number | undefined;
}

/** The other service's answer, whatever its status, as it came. */
export interface RawAnswer {
  readonly status: number;
  /** By their names in lower case; what stood there several times is left out. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** The same, read. */
export interface UpstreamAnswer extends RawAnswer {
  /** Parsed JSON; nothing when there is no body. */
  readonly body: unknown;
}

/** Nobody took the connection, so nothing can have happened on the other side. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
/** The same, but it was not even known whom to ask. */
const NO_ADDRESS = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/** Whether a call failed because no connection was made. */
export function neverConnected(error: unknown): boolean {
  const code = networkErrorCode(error);
  return code !== undefined && NOT_CONNECTED.has(code);
}

/** Reading, setting a state that is then set, and a POST that carries its key may be done twice. */
export function isRepeatable({ method, headers, repeatable }: UpstreamRequest): boolean {
  const keyed = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === HEADERS.idempotencyKey);
  return repeatable ?? (method !== 'POST' || keyed);
}

/** Whether a call that failed like this may be made again. */
export function mayRepeat(call: UpstreamRequest, error: unknown): boolean {
  const code = networkErrorCode(error);
  return code !== undefined && (NOT_CONNECTED.has(code) || NO_ADDRESS.has(code) || isRepeatable(call));
}

/** When a 503 says to come back, in milliseconds. */
export function retryAfterMs({ status, headers }: RawAnswer): number | undefined {
  const seconds = headers[HEADERS.retryAfter];
  return status === 503 && seconds !== undefined && /^\d{1,3}$/.test(seconds)
    ? Number(seconds) * 1000
    : undefined;
}

/** Whether it is an answer of a service that has more to do than it can, and is not to be asked again at once. */
export const isOverloaded = ({ headers }: RawAnswer): boolean => headers[HEADERS.overloaded] !== undefined;

/** There was no answer in time. */
export class CallDeadlineError extends Error {
  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
    this.name = 'CallDeadlineError';
  }
}
