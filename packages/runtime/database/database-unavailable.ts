import { databaseErrorCode, isDatabaseUnavailable, mayHaveHappened } from './database-error.js';
import { type DatabaseTarget, describeDatabaseError } from './describe-database-error.js';
import { UnavailableError } from '../unavailable.js';

/** The database is not usable just now; the same may succeed in a moment. Its message is the reason in words. */
export class DatabaseUnavailableError extends UnavailableError {
  /**
   * `error` as one of these, or nothing when it is a mistake in the statement and no outage.
   *
   * @param sent - whether the statement had been sent to PostgreSQL when it failed
   */
  static from(error: unknown, target: DatabaseTarget, sent: boolean): DatabaseUnavailableError | undefined {
    if (!isDatabaseUnavailable(error)) return undefined;
    return new DatabaseUnavailableError(
      databaseErrorCode(error) ?? '',
      describeDatabaseError(error, target),
      sent && mayHaveHappened(error),
      error,
    );
  }

  private constructor(
    /** PostgreSQL's SQLSTATE, Node's or postgres.js' code; `DEADLINE` when there was no answer in time, `BUSY` when no connection was free. */
    readonly code: string,
    reason: string,
    /** Whether the statement may have been carried out: its answer was lost, and not refused. */
    readonly mayHaveHappened: boolean,
    cause: unknown,
  ) {
    super('The database cannot be reached just now. Try again in a moment.', reason, { cause });
    this.name = 'DatabaseUnavailableError';
  }
}
