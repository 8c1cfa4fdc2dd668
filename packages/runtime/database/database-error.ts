import { describeNetworkError, errorCode, errorMessage, networkErrorCode } from '../network/network-error.js';
import { Problem } from '../http/problem.js';

/** Where a database is, and who logs in. */
export interface DatabaseTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** A query or connection was given up on our side. */
export class DatabaseDeadlineError extends Error {
  readonly code = 'DEADLINE';

  constructor(milliseconds: number) {
    super(`no answer within ${milliseconds} ms`);
    this.name = 'DatabaseDeadlineError';
  }
}

/**
 * What went wrong between us and PostgreSQL, in one line that names the value to look at. The gate, the readiness check
 * and the log all say it in these words.
 */
export function describeDatabaseError(error: unknown, target: DatabaseTarget): string {
  const { host, port, database, user } = target;
  const at = `${host}:${port}`;
  const network = describeNetworkError(error);
  switch (databaseErrorCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name "${host}" does not resolve (DB_HOST): there is no such Service, or DNS does not answer`;
    case 'ECONNREFUSED':
      return `${at} refused the connection: no PostgreSQL is ready there (DB_HOST, DB_PORT)`;
    case 'CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'DEADLINE':
      return `${at} does not answer in time: the network drops packets (a NetworkPolicy?) or PostgreSQL stands still`;
    case 'CONNECTION_CLOSED':
    case 'CONNECTION_ENDED':
    case 'CONNECTION_DESTROYED':
    case 'ECONNRESET':
    case 'EPIPE':
      return `${at} closed the connection`;
    case 'NO_TLS':
      return `${at} speaks no TLS, and DB_SSL_MODE is verify-full`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${at} is for another name (DB_HOST): ${errorMessage(error)}`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${at} is not valid today: ${errorMessage(error)}`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `the certificate of ${at} is signed by nobody in DB_SSL_ROOT_CERT: ${errorMessage(error)}`;
    case '28P01':
      return `wrong password for user "${user}" at ${at} (DB_PASSWORD, DB_USER), or there is no such user`;
    case '28000':
      return `user "${user}" may not log in at ${at} (DB_USER): there is no such role, or pg_hba.conf refuses it`;
    case '3D000':
      return `there is no database "${database}" at ${at} (DB_NAME)`;
    case '42501':
      return `user "${user}" lacks a right in database "${database}" at ${at} (DB_USER)`;
    case '57P03':
      return `PostgreSQL at ${at} is starting up or shutting down`;
    case '57P01':
    case '57P02':
      return `PostgreSQL at ${at} is shutting down`;
    case '53300':
      return `PostgreSQL at ${at} has no connection left (max_connections)`;
    case '53100':
      return `the disk of PostgreSQL at ${at} is full`;
    case '57014':
      return `a query at ${at} took longer than its statement_timeout`;
    case undefined:
    default:
      return `${at}: ${network ?? errorMessage(error)}`;
  }
}

/** PostgreSQL's SQLSTATE, Node's or postgres.js' code. */
export function databaseErrorCode(error: unknown): string | undefined {
  // Node reports several addresses that failed in one error without a code.
  return networkErrorCode(error) ?? errorCode(error);
}

// https://www.postgresql.org/docs/17/errcodes-appendix.html
export const UNIQUE_VIOLATION = '23505';
export const DEADLOCK = '40P01';
/** A row, or a key that another transaction is about to store, was waited for longer than `lock_timeout`. */
export const LOCK_NOT_AVAILABLE = '55P03';

/** The code of a failed query, also when it has become a 503 on its way. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Problem)) return databaseErrorCode(error);
  const { cause } = error.options;
  return cause instanceof Error ? databaseErrorCode(cause.cause) : undefined;
}

/** Codes of ours, of Node's TLS and of postgres.js for a connection that is not there. Its other codes are mistakes in a query. */
const LIBRARY_CODES = new Set([
  'DEADLINE',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'NO_TLS',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** SQLSTATE classes that mean "not now": connection, insufficient resources, operator intervention. */
const PASSING_CLASSES = new Set(['08', '53', '57', '28']);

/** There is nobody who could have begun anything. An unknown name is not among them: that is a mistake, and stays one. */
const NEVER_BEGUN = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
  '57P03',
]);
/** Whoever was there has left. */
const BROKEN_OFF = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
  '57P01',
  '57P02',
]);

/**
 * Whether the database is away, as it is in a restart: before anything was begun, or in the middle of it, so that what came
 * of it is unknown. Nothing when it is there, whatever is wrong with it.
 */
export function absenceIn(error: unknown): 'before' | 'in the middle' | undefined {
  const code = databaseErrorCode(error);
  if (code === undefined) return undefined;
  if (NEVER_BEGUN.has(code)) return 'before';
  return BROKEN_OFF.has(code) ? 'in the middle' : undefined;
}

/**
 * Whether the database, not the query, is what failed: then the client may come back. An error in the query itself is a
 * defect of ours, and must not look like an outage.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const code = databaseErrorCode(error);
  if (code === undefined) return false;
  if (/^[0-9A-Z]{5}$/.test(code) && /\d/.test(code)) {
    // Lock not available, serialization failure and deadlock pass, too.
    return (
      PASSING_CLASSES.has(code.slice(0, 2)) ||
      ['3D000', LOCK_NOT_AVAILABLE, '40001', DEADLOCK, '25006'].includes(code)
    );
  }
  return LIBRARY_CODES.has(code) || networkErrorCode(error) !== undefined;
}
