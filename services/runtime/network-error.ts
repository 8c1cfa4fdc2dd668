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

/** The code of a network error, its own or that of what led to it. */
export function networkErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code in REASONS) return error.code;
  // Node tries IPv6 and IPv4 and reports both in one error.
  const inner = error instanceof AggregateError ? (error.errors as unknown[])[0] : error.cause;
  return inner === undefined ? undefined : networkErrorCode(inner);
}

/** The error in words, or nothing when it is no network error. */
export function describeNetworkError(error: unknown): string | undefined {
  const code = networkErrorCode(error);
  return code === undefined ? undefined : REASONS[code];
}
