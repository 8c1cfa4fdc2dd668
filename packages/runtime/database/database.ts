import { setTimeout as pause } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { connectionOptions } from './connection-options.js';
import { ConnectionPool } from './connection-pool.js';
import { isAway, mayHaveHappened } from './database-error.js';
import type { DatabaseSettings } from './database-settings.js';
import { DatabaseUnavailableError } from './database-unavailable.js';
import { beforeDeadline, type Deadline, DeadlineError, deadlineIn, remainingMs } from '../deadline.js';
import type { KeptSchema } from './kept-schema.js';
import { logIn } from './log-in.js';
import type { Logger } from '../log.js';
import { checkWritable } from './writable.js';

/** How queries are run. */
export interface RunOptions {
  /**
   * When the caller gives up. A query that is under way then goes on without us.
   * @default - when a query is given up
   */
  readonly deadline?: Deadline | undefined;
  /**
   * When a connection is no longer waited for. For work of several callers, each of whom has a deadline alone.
   * @default - at the deadline
   */
  readonly waitUntil?: Deadline | undefined;
  /**
   * Whether doing it twice would not be the same as doing it once. Then it is not done again when the connection broke in
   * the middle of it.
   * @default - it would
   */
  readonly once?: () => boolean;
}

/** Of the time in which a caller waits for the database's return, so much is left to say that it did not come. */
const ANSWER_TIME_MS = 50;
/** For the readiness check: an idle PostgreSQL answers in a millisecond, a very busy one in less than this. */
const CHECK_TIMEOUT_MS = 1000;
const TOO_BUSY = new Set(['BUSY', 'DEADLINE']);
/** Between two looks of who may log in when others can. */
const TURN_EVERY_MS = 200;

/**
 * A database in which every call has a deadline of ours. PostgreSQL's own `statement_timeout` cannot reach us when the
 * network has swallowed the connection: measured, such a query is still pending after 20 s.
 */
export class Database {
  private readonly pool: ConnectionPool;
  private schema: KeptSchema | undefined;
  private listening: Sql | undefined;
  private closed = false;

  constructor(
    private readonly settings: DatabaseSettings,
    log: Logger,
  ) {
    this.pool = new ConnectionPool(
      settings,
      log,
      (sql) => this.schema?.admit(sql) ?? Promise.resolve(undefined),
    );
  }

  /**
   * Runs queries on a connection of the pool. While the database is away for a moment, as in a restart, it waits and runs
   * them then.
   *
   * @param work - has `sql` for itself until it ends, and must not keep it. It may be called several times
   * @throws DatabaseUnavailableError when the database is not usable now
   * @throws DeadlineError when the caller's deadline is over
   */
  run<Result>(work: (sql: Sql) => Promise<Result>, options: RunOptions = {}): Promise<Result> {
    // Our own deadline runs inside: an impatient caller says nothing about the connection.
    return beforeDeadline(() => this.patiently(work, options), options.deadline);
  }

  /**
   * Whether the database takes changes, and is the one that was migrated, for the readiness check.
   *
   * @throws DatabaseUnavailableError with the reason in words
   */
  async check(): Promise<void> {
    const answers = performance.now() - this.pool.answered < CHECK_TIMEOUT_MS;
    if (answers && !this.schema?.due) return;
    const deadline = deadlineIn(CHECK_TIMEOUT_MS);
    const look = async (sql: Sql): Promise<void> => {
      await checkWritable(sql);
      await this.schema?.look(sql);
    };
    try {
      await beforeDeadline(() => this.patiently(look, { deadline, patienceMs: 0 }), deadline);
    } catch (error) {
      const reason = error instanceof DeadlineError ? this.unavailable(error) : error;
      // It answers others, and has no time for us.
      if (answers && reason instanceof DatabaseUnavailableError && TOO_BUSY.has(reason.code)) return;
      throw reason;
    }
  }

  /** How many wait for a connection. */
  get waiting(): number {
    return this.pool.waiting;
  }

  /** From now on serves from this schema alone. */
  keep(schema: KeptSchema): void {
    this.schema = schema;
  }

  /**
   * A connection of its own without our deadline, such as for migrations. The caller ends it, and waits until
   * {@link check} succeeds before: of all log-ins only the pool's are made to heal.
   *
   * @throws what PostgreSQL or the network says
   */
  dedicated(): Promise<Sql> {
    // A pod that dies in its migration must not keep the lock: its session ends after this.
    const parameters = { ...this.parameters, idle_in_transaction_session_timeout: 60_000 };
    return logIn(this.settings, { parameters });
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
    const options = connectionOptions(this.settings, () => this.turn());
    this.listening = postgres({ ...options, connection: this.parameters });
    await this.listening.listen(channel, wake, wake);
  }

  /** A failure of a {@link dedicated} connection as it is told: a mistake in a statement stays what it is. */
  unavailable(error: unknown, sent = true): unknown {
    return DatabaseUnavailableError.from(error, this.settings, sent) ?? error;
  }

  /** Closes the connections, and waits at most 5 s for what is under way. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([this.pool.close(), this.listening?.end({ timeout: 5 })]);
  }

  private get parameters() {
    return { application_name: this.settings.applicationName };
  }

  private async patiently<Result>(
    work: (sql: Sql) => Promise<Result>,
    {
      deadline = deadlineIn(this.settings.queryTimeoutMs),
      waitUntil = deadline,
      once = () => false,
      patienceMs,
    }: RunOptions & { readonly patienceMs?: number },
  ): Promise<Result> {
    const until = waitUntil - ANSWER_TIME_MS;
    for (let sent = false; ; sent = true) {
      const connection = await this.pool.take(until, patienceMs).catch((error: unknown) => {
        throw this.unavailable(error, sent);
      });
      try {
        return await this.pool.use(connection, (sql) => this.judged(sql, work));
      } catch (error) {
        if ((once() && mayHaveHappened(error)) || !isAway(error) || remainingMs(until) === 0)
          throw this.unavailable(error);
      }
    }
  }

  private async judged<Result>(sql: Sql, work: (sql: Sql) => Promise<Result>): Promise<Result> {
    try {
      return await work(sql);
    } catch (error) {
      throw this.schema ? await this.schema.judge(sql, error) : error;
    }
  }

  /** Whoever only listens logs in after those who serve, when it is known that log-ins succeed. */
  private async turn(): Promise<void> {
    for (;;) {
      if (this.closed) throw new Error('the database is closed');
      const usable = await this.check().then(
        () => true,
        () => false,
      );
      if (usable) return;
      await pause(TURN_EVERY_MS, undefined, { ref: false });
    }
  }
}
