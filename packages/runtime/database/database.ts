import postgres, { type Sql, type TransactionSql } from 'postgres';
import { Absence } from './absence.js';
import { connectionOptions } from './connection-options.js';
import type { DatabaseTls } from './database-tls.js';
import {
  absenceIn,
  DatabaseDeadlineError,
  type DatabaseTarget,
  describeDatabaseError,
  isDatabaseUnavailable,
} from './database-error.js';
import { beforeDeadline, type Deadline, within } from '../deadline.js';
import type { Logger } from '../log.js';
import { Problem } from '../http/problem.js';

/** How a service reaches its database. */
export interface DatabaseSettings extends DatabaseTarget {
  readonly password: string;
  /** TLS with a checked certificate. @default - none */
  readonly tls?: DatabaseTls | undefined;
  /** Connections at most; the manifests check that all pods together fit. */
  readonly poolMax: number;
  /** When a query is given up on both sides. */
  readonly queryTimeoutMs: number;
  /** `application_name`, so that pg_stat_activity says whose a connection is. */
  readonly applicationName: string;
}

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

/** What a query is written with: postgres.js' tagged template, bare or inside a transaction. */
export type Query = Sql | TransactionSql;

/** In a row, then the pool is replaced: its connections may lead nowhere, and TCP would take minutes to say so. */
const DEADLINES_UNTIL_NEW_POOL = 2;
/** Deadlines after which even a single query is lost, and its connection with it, though others answer. */
const LOST_AFTER_DEADLINES = 3;
/** Of the time in which a caller waits for the database's return, so much is left to say that it did not come. */
const ANSWER_TIME_MS = 50;
/** For the readiness check: an idle PostgreSQL answers in a millisecond, a very busy one in less than this. */
const CHECK_TIMEOUT_MS = 1000;

/**
 * A pool of connections in which every call has a deadline of ours. PostgreSQL's own `statement_timeout` cannot reach us
 * when the network has swallowed the connection: measured, such a query is still pending after 20 s.
 */
export class Database {
  private pool: Sql;
  /** Of its own: whether the database answers must be known also when all of the pool's connections are busy. */
  private checking: Sql;
  private listening: Sql | undefined;
  private readonly absence: Absence;
  private deadlinesInARow = 0;
  private closed = false;

  constructor(
    private readonly settings: DatabaseSettings,
    private readonly log: Logger,
  ) {
    this.pool = createPool(settings, log);
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
   * @throws Problem 503 with `Retry-After` when the database is not usable now, or the deadline is over
   */
  run<Result>(work: (sql: Sql) => Promise<Result>, options: RunOptions = {}): Promise<Result> {
    // Our own deadline runs inside: an impatient caller says nothing about the connection.
    return beforeDeadline(() => this.guard(() => this.patiently(work, options)), options.deadline);
  }

  /** Like {@link run}, in one transaction. */
  transaction<Result>(work: (sql: TransactionSql) => Promise<Result>): Promise<Result> {
    return this.guard(async () => {
      // A holder, because postgres.js types the result of a transaction for tuples of queries.
      const holder: { result?: Result; givenUp?: true } = {};
      try {
        await this.onPool(
          this.pool.begin(async (sql) => {
            holder.result = await work(sql);
            // Whoever asked was told 503 and may ask again: what nobody waits for any more must not happen.
            if (holder.givenUp) throw new DatabaseDeadlineError(this.settings.queryTimeoutMs);
          }),
        );
      } catch (error) {
        holder.givenUp = true;
        throw error;
      }
      return holder.result as Result;
    });
  }

  /** One question, for the readiness check. @throws Error with the reason in words */
  async check(): Promise<void> {
    const connection = this.checking;
    try {
      await withDeadline(connection`select 1`, CHECK_TIMEOUT_MS);
    } catch (error) {
      if (error instanceof DatabaseDeadlineError && !this.closed) {
        this.checking = this.dedicated();
        void connection.end({ timeout: 0 }).catch(() => undefined);
      }
      throw new Error(describeDatabaseError(error, this.settings), { cause: error });
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

  /** In words, for the log. */
  describe(error: unknown): string {
    return describeDatabaseError(error, this.settings);
  }

  /** Closes the connections, and waits at most 5 s for queries in flight. */
  async close(): Promise<void> {
    this.closed = true;
    const all = [this.pool, this.checking, ...(this.listening ? [this.listening] : [])];
    await Promise.all(all.map((connections) => connections.end({ timeout: 5 })));
  }

  private async patiently<Result>(
    work: (sql: Sql) => Promise<Result>,
    { deadline = performance.now() + this.settings.queryTimeoutMs, once = false }: RunOptions,
  ): Promise<Result> {
    const until = deadline - ANSWER_TIME_MS;
    // Its connections would only be refused, or not be answered at all.
    if (this.absence.current) await this.absence.end(until);
    for (;;) {
      try {
        const result = await this.onPool(work(this.pool));
        this.absence.answered();
        return result;
      } catch (error) {
        const away = absenceIn(error);
        if (away === undefined || (once && away !== 'before') || this.closed) throw error;
        if (!(await this.absence.end(until))) throw error;
      }
    }
  }

  /** Whether PostgreSQL takes new connections. With one of its own: the others may wait for an answer of who has left. */
  private async look(): Promise<void> {
    const connection = this.dedicated();
    try {
      await withDeadline(connection`select 1`, CHECK_TIMEOUT_MS);
    } finally {
      void connection.end({ timeout: 0 }).catch(() => undefined);
    }
  }

  private async guard<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof Problem || !isDatabaseUnavailable(error)) throw error;
      const reason = this.describe(error);
      throw Problem.unavailable('The order book cannot be reached just now. Try again in a moment.', {
        cause: new Error(reason, { cause: error }),
      });
    }
  }

  private async onPool<Result>(query: PromiseLike<Result>): Promise<Result> {
    const pool = this.pool;
    try {
      const result = await withDeadline(query, this.settings.queryTimeoutMs);
      this.deadlinesInARow = 0;
      return result;
    } catch (error) {
      if (error instanceof DatabaseDeadlineError) this.missed(pool, query);
      // An error is an answer, too.
      else this.deadlinesInARow = 0;
      throw error;
    }
  }

  private missed(pool: Sql, query: PromiseLike<unknown>): void {
    this.deadlinesInARow += 1;
    if (this.deadlinesInARow >= DEADLINES_UNTIL_NEW_POOL) {
      this.replace(pool, 'queries get no answer');
      return;
    }
    // One dead connection among living ones keeps its place in the pool until TCP gives it up. A query that only waited
    // in a long queue has ended long before this.
    const lost = setTimeout(
      () => {
        this.replace(pool, 'a query never got an answer');
      },
      (LOST_AFTER_DEADLINES - 1) * this.settings.queryTimeoutMs,
    ).unref();
    const settled = (): void => {
      clearTimeout(lost);
    };
    query.then(settled, settled);
  }

  private replace(pool: Sql, reason: string): void {
    if (pool !== this.pool || this.closed) return;
    this.log.warn(`${reason}, so the connections are replaced`);
    this.deadlinesInARow = 0;
    this.pool = createPool(this.settings, this.log);
    // Queries on its living connections may end within their own deadline.
    void pool.end({ timeout: this.settings.queryTimeoutMs / 1000 }).catch(() => undefined);
  }
}

/** The query's result. @throws DatabaseDeadlineError when there is none in time; what comes later is ignored */
function withDeadline<Result>(query: PromiseLike<Result>, milliseconds: number): Promise<Result> {
  return within(query, milliseconds, () => new DatabaseDeadlineError(milliseconds));
}

function createPool(settings: DatabaseSettings, log: Logger): Sql {
  return postgres({
    ...connectionOptions(settings),
    max: settings.poolMax,
    connection: {
      application_name: settings.applicationName,
      // The server gives up, too, so that an abandoned query does not hold locks; and it gives up first, so that a slow
      // query is not taken for a dead connection.
      statement_timeout: Math.ceil(settings.queryTimeoutMs * 0.8),
      lock_timeout: Math.ceil(settings.queryTimeoutMs * 0.6),
      idle_in_transaction_session_timeout: settings.queryTimeoutMs * 2,
    },
    onnotice: (notice) => {
      log.debug({ notice }, 'PostgreSQL says');
    },
  });
}
