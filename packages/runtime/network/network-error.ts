/** What a network error means, in words. Node's and undici's codes. */
const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name does not resolve',
  EAI_AGAIN: 'its name cannot be resolved just now (DNS does not answer)',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was reset',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no way to its address',
  ENETUNREACH: 'there is no way to its address',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_CONNECT_TIMEOUT: 'the connection timed out',
};

/**
 * A member of an error. Read by name, not by class: Node's own errors are of another class wherever code runs in a
 * context of its own, as it does in tests.
 */
function member(error: unknown, name: 'code' | 'message' | 'cause' | 'errors'): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

/** An error's own code: Node's, undici's, postgres.js' or PostgreSQL's SQLSTATE. */
export function errorCode(error: unknown): string | undefined {
  const code = member(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

/** An error's message. */
export function errorMessage(error: unknown): string {
  const message = member(error, 'message');
  return typeof message === 'string' ? message : String(error);
}

/** The code of a network error, its own or that of what led to it. */
export function networkErrorCode(error: unknown): string | undefined {
  const code = errorCode(error);
  if (code !== undefined && code in REASONS) return code;
  // Node tries IPv6 and IPv4 and reports both in one error.
  const errors = member(error, 'errors');
  const inner: unknown = Array.isArray(errors) ? errors[0] : member(error, 'cause');
  return inner === undefined ? undefined : networkErrorCode(inner);
}

/** The error in words, or nothing when it is no network error. */
export function describeNetworkError(error: unknown): string | undefined {
  const code = networkErrorCode(error);
  return code === undefined ? undefined : REASONS[code];
}
