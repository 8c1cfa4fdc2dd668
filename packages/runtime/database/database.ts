import postgres, { type Sql } from 'postgres';
import { Absence } from './absence.js';
import { connectionOptions } from './connection-options.js';
import { ConnectionPool } from './connection-pool.js';
import { absenceIn } from './database-error.js';
import type { DatabaseSettings } from './database-settings.js';
import { DatabaseUnavailableError } from './database-unavailable.js';
import { beforeDeadline, type Deadline, DeadlineError, deadlineIn, within } from '../deadline.js';
import type { Logger } from '../log.js';

/** How queries are run. */
export interface RunOptions {
  /**
   * When the caller gives up. A query that is under way then goes on without us.
   * @default - when a query is given up
   */
  readonly deadline?: Deadline | undefined;
  /**
   * Whether doing it twice would not be the same as doing it once. Then it is not done again when the connection broke in
   * the middle of it.
   * @default false
   */
  readonly once?: boolean;
}

/** Of the time in which a caller waits for the database's return, so much is left to say that it did not come. */
const ANSWER_TIME_MS = 50;
/** For the readiness check: an idle PostgreSQL answers in a millisecond, a very busy one in less than this. */
const CHECK_TIMEOUT_MS = 1000;

/**
 * A database in which every call has a deadline of ours. PostgreSQL's own `statement_timeout` cannot reach us when the
 * network has swallowed the connection: measured, such a query is still pending after 20 s.
 */
export class Database {
  private readonly pool: ConnectionPool;
  /** Of its own: whether the database answers must be known also when all of the pool's connections are busy. */
  private checking: Sql;
  private listening: Sql | undefined;
  private readonly absence: Absence;
  private closed = false;

  constructor(
    private readonly settings: DatabaseSettings,
    log: Logger,
  ) {
    this.pool = new ConnectionPool(settings, log);
    this.checking = this.dedicated();
    this.absence = new Absence({
      look: () => this.look(),
      onBack: (milliseconds) => {
        log.info(`the database is back after ${Math.round(milliseconds)} ms; requests have waited for it`);
      },
    });
  }

  /**
   * Runs queries on the pool. While the database is away for a moment, as in a restart, it waits and runs them then.
   *
   * @param work - must not keep `sql`: the pool behind it may be replaced. It may be called several times
   * @throws DatabaseUnavailableError when the database is not usable now
   * @throws DeadlineError when the caller's deadline is over
   */
  run<Result>(work: (sql: Sql) => Promise<Result>, options: RunOptions = {}): Promise<Result> {
    // Our own deadline runs inside: an impatient caller says nothing about the connection.
    return beforeDeadline(() => this.patiently(work, options), options.deadline);
  }

  /** One question, for the readiness check. @throws DatabaseUnavailableError with the reason in words */
  async check(): Promise<void> {
    const connection = this.checking;
    try {
      await within(connection`select 1`, CHECK_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof DeadlineError && !this.closed) {
        this.checking = this.dedicated();
        void connection.end({ timeout: 0 }).catch(() => undefined);
      }
      throw this.unavailable(error);
    }
  }

  /** A connection of its own without our deadline, such as for migrations. The caller ends it. */
  dedicated(): Sql {
    return postgres({
      ...connectionOptions(this.settings),
      max: 1,
      connection: {
        application_name: this.settings.applicationName,
        // A pod that dies in its migration must not keep the lock: its session ends after this.
        idle_in_transaction_session_timeout: 60_000,
      },
    });
  }

  /**
   * Calls `wake` after each notification on a channel, and once whenever listening begins, because what was sent before
   * is gone. It listens again by itself after the connection was lost, which takes a while to notice when packets
   * vanish: whoever must not miss anything asks from time to time, too.
   *
   * @throws what the database says when listening cannot begin; call again then
   */
  async listen(channel: string, wake: () => void): Promise<void> {
    await this.listening?.end({ timeout: 0 }).catch(() => undefined);
    this.listening = this.dedicated();
    await this.listening.listen(channel, wake, wake);
  }

  /** A failure of a {@link dedicated} connection as it is told: a mistake in a statement stays what it is. */
  unavailable(error: unknown): unknown {
    return DatabaseUnavailableError.from(error, this.settings) ?? error;
  }

  /** Closes the connections, and waits at most 5 s for queries in flight. */
  async close(): Promise<void> {
    this.closed = true;
    const dedicated = [this.checking, ...(this.listening ? [this.listening] : [])];
    await Promise.all([this.pool.close(), ...dedicated.map((connection) => connection.end({ timeout: 5 }))]);
  }

  private async patiently<Result>(
    work: (sql: Sql) => Promise<Result>,
    { deadline = deadlineIn(this.settings.queryTimeoutMs), once = false }: RunOptions,
  ): Promise<Result> {
    const until = deadline - ANSWER_TIME_MS;
    // Its connections would only be refused, or not be answered at all.
    if (this.absence.current) await this.absence.end(until);
    for (;;) {
      try {
        const result = await this.pool.run(work);
        this.absence.answered();
        return result;
      } catch (error) {
        const away = absenceIn(error);
        const hopeless = away === undefined || (once && away !== 'before') || this.closed;
        if (hopeless || !(await this.absence.end(until))) throw this.unavailable(error);
      }
    }
  }

  /** Whether PostgreSQL takes new connections. With one of its own: the others may wait for an answer of who has left. */
  private async look(): Promise<void> {
    const connection = this.dedicated();
    try {
      await within(connection`select 1`, CHECK_TIMEOUT_MS);
    } finally {
      void connection.end({ timeout: 0 }).catch(() => undefined);
    }
  }
}
