import { errorCode, networkErrorCode } from '../network/network-error.js';

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
/** Nothing can be changed there: it is a standby, or was the primary until now. The primary is somewhere else, or soon will be. */
export const READ_ONLY = '25006';
/** Of ours: each change waits for a standby's confirmation, and no standby is connected. */
export const NO_STANDBY = 'NO_STANDBY';
export const UNDEFINED_TABLE = '42P01';
/** Of ours: the schema is not the one that was migrated, and cannot become it just now. */
export const SCHEMA = 'SCHEMA';
/** Of ours: the database is another one than this connection was made for. */
export const REPLACED = 'REPLACED';

/**
 * What a statement meets whose schema was there and is gone, or is being restored: no such table, column, function,
 * schema or unique index; and a prepared statement whose table has other columns now.
 */
const OF_SCHEMA = new Set([UNDEFINED_TABLE, '42703', '42883', '3F000', '42P10', '0A000']);

/** Codes of ours, of Node's TLS and of postgres.js for a connection that is not there. Its other codes are mistakes in a query. */
const LIBRARY_CODES = new Set([
  'BUSY',
  'DEADLINE',
  NO_STANDBY,
  SCHEMA,
  REPLACED,
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

/** Nobody was there to hear us. An unknown name is not among them: that is a mistake, and stays one. */
const UNHEARD = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'CONNECT_TIMEOUT',
]);
/** Whoever was there has left, or is not yet ready to hear anything. */
const LEFT = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'ECONNRESET',
  'EPIPE',
  '57P01',
  '57P02',
  '57P03',
  NO_STANDBY,
  READ_ONLY,
  REPLACED,
]);
/** Refused, and so not done. */
const REFUSED = new Set([READ_ONLY, REPLACED]);

/** Whether a connection leads where nothing is to be done any more, and the others that are as old do, too. */
export function leadsAstray(error: unknown): boolean {
  return REFUSED.has(databaseErrorCode(error) ?? '');
}

/** Whether a statement failed for what the schema is. */
export function isOfSchema(error: unknown): boolean {
  return OF_SCHEMA.has(databaseErrorCode(error) ?? '');
}

/** Whether nobody heard us, and so nobody was bothered. */
export function isUnheard(error: unknown): boolean {
  return UNHEARD.has(databaseErrorCode(error) ?? '');
}

/** Whether the database is away, as it is in a restart. Not when it is there, whatever is wrong with it. */
export function isAway(error: unknown): boolean {
  return isUnheard(error) || LEFT.has(databaseErrorCode(error) ?? '');
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
      ['3D000', LOCK_NOT_AVAILABLE, '40001', DEADLOCK, READ_ONLY].includes(code)
    );
  }
  return LIBRARY_CODES.has(code) || networkErrorCode(error) !== undefined;
}

/** Whether a statement that was sent and failed like this may have been carried out. PostgreSQL takes back what it refuses. */
export function mayHaveHappened(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code === 'DEADLINE' || (isAway(error) && !leadsAstray(error));
}
