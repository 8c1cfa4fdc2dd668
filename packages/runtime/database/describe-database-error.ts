import { runtimeStoreNames, type StoreVariableNames } from '@cafe-lumiere/contract';
import { describeNetworkError, errorMessage } from '../network/network-error.js';
import { databaseErrorCode, NO_STANDBY, READ_ONLY, REPLACED, SCHEMA } from './database-error.js';

/** Where a database is, and who logs in. */
export interface DatabaseTarget {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /**
   * What the variables are called that say so: who reads an error looks at them.
   * @default - `DB_HOST` and the like
   */
  readonly variables?: Required<StoreVariableNames> | undefined;
}

/**
 * What went wrong between us and PostgreSQL, in one line that names the value to look at. The gate, the readiness check
 * and the log all say it in these words.
 */
export function describeDatabaseError(error: unknown, target: DatabaseTarget): string {
  const { host, port, database, user, variables: names = runtimeStoreNames('DB') } = target;
  const at = `${host}:${port}`;
  const network = describeNetworkError(error);
  switch (databaseErrorCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name "${host}" does not resolve (${names.host}): there is no such Service, or DNS does not answer`;
    case 'ECONNREFUSED':
      return `${at} refused the connection: no PostgreSQL is ready there (${names.host}, ${names.port})`;
    case 'BUSY':
      return `all connections of this process to ${at} are busy`;
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
      return `${at} speaks no TLS, and ${names.sslMode} is verify-full`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate of ${at} is for another name (${names.host}): ${errorMessage(error)}`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `the certificate of ${at} is not valid today: ${errorMessage(error)}`;
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return `the certificate of ${at} is signed by nobody in ${names.sslRootCert}: ${errorMessage(error)}`;
    case '28P01':
      return `wrong password for user "${user}" at ${at} (${names.password}, ${names.user}), or there is no such user`;
    case '28000':
      return `user "${user}" may not log in to database "${database}" at ${at} (${names.user}, ${names.database}): there is no such role, or pg_hba.conf refuses it`;
    case '3D000':
      return `there is no database "${database}" at ${at} (${names.database})`;
    case '42501':
      return `user "${user}" lacks a right in database "${database}" at ${at} (${names.user})`;
    case NO_STANDBY:
      return `PostgreSQL at ${at} has no standby just now that confirms changes, as its synchronous_standby_names wants it`;
    case READ_ONLY:
      return `PostgreSQL at ${at} takes no changes: it is a standby, or was the primary until now (${names.host})`;
    case REPLACED:
      return `database "${database}" at ${at} is another one than before: ${errorMessage(error)}`;
    case SCHEMA:
      return `database "${database}" at ${at} cannot be used as it is: ${errorMessage(error)}`;
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
