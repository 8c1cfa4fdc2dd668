import postgres, { type Sql } from 'postgres';
import { connectionOptions } from './connection-options.js';
import type { DatabaseSettings } from './database-settings.js';
import { DeadlineError, within } from '../deadline.js';
import type { Logger } from '../log.js';

/** In a row, then the pool is replaced: its connections may lead nowhere, and TCP would take minutes to say so. */
const DEADLINES_UNTIL_NEW_POOL = 2;
/** Deadlines after which even a single query is lost, and its connection with it, though others answer. */
const LOST_AFTER_DEADLINES = 3;

/** Connections for queries, replaced when they lead nowhere. */
export class ConnectionPool {
  private sql: Sql;
  private deadlinesInARow = 0;
  private closed = false;

  constructor(
    private readonly settings: DatabaseSettings,
    private readonly log: Logger,
  ) {
    this.sql = createPool(settings, log);
  }

  /** @throws DeadlineError when there is no answer within `queryTimeoutMs`, and what the query fails with */
  async run<Result>(work: (sql: Sql) => PromiseLike<Result>): Promise<Result> {
    const { sql } = this;
    const query = work(sql);
    try {
      const result = await within(query, this.settings.queryTimeoutMs);
      this.deadlinesInARow = 0;
      return result;
    } catch (error) {
      if (error instanceof DeadlineError) this.missed(sql, query);
      // An error is an answer, too.
      else this.deadlinesInARow = 0;
      throw error;
    }
  }

  /** Closes the connections, and waits at most 5 s for queries in flight. */
  async close(): Promise<void> {
    this.closed = true;
    await this.sql.end({ timeout: 5 });
  }

  private missed(sql: Sql, query: PromiseLike<unknown>): void {
    this.deadlinesInARow += 1;
    if (this.deadlinesInARow >= DEADLINES_UNTIL_NEW_POOL) {
      this.replace(sql, 'queries get no answer');
      return;
    }
    // One dead connection among living ones keeps its place in the pool until TCP gives it up. A query that only waited
    // in a long queue has ended long before this.
    const lost = setTimeout(
      () => {
        this.replace(sql, 'a query never got an answer');
      },
      (LOST_AFTER_DEADLINES - 1) * this.settings.queryTimeoutMs,
    ).unref();
    const settled = (): void => {
      clearTimeout(lost);
    };
    query.then(settled, settled);
  }

  private replace(sql: Sql, reason: string): void {
    if (sql !== this.sql || this.closed) return;
    this.log.warn(`${reason}, so the connections are replaced`);
    this.deadlinesInARow = 0;
    this.sql = createPool(this.settings, this.log);
    // Queries on its living connections may end within their own deadline.
    void sql.end({ timeout: this.settings.queryTimeoutMs / 1000 }).catch(() => undefined);
  }
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
