import { connect, Socket } from 'node:net';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { type DatabaseTls, secureSocket } from './database-tls.js';
import {
  DatabaseDeadlineError,
  type DatabaseTarget,
  describeDatabaseError,
  isDatabaseUnavailable,
} from './database-error.js';
import type { Logger } from './log.js';
import { errorCode, errorMessage } from './network-error.js';
import { Problem } from './problem.js';

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

/** What a query is written with: postgres.js' tagged template, bare or inside a transaction. */
export type Query = Sql | TransactionSql;

/** A database that is reached at all is reached fast; what takes longer is not there. */
const CONNECT_TIMEOUT_SECONDS = 2;
/** In a row, then the pool is replaced: its connections may lead nowhere, and TCP would take minutes to say so. */
const DEADLINES_UNTIL_NEW_POOL = 2;

/**
 * A pool of connections in which every call has a deadline of ours. PostgreSQL's own `statement_timeout` cannot reach us
 * when the network has swallowed the connection: measured, such a query is still pending after 20 s.
 */
export class Database {
  private pool: Sql;
  private deadlinesInARow = 0;
  private closed = false;

  constructor(
    private readonly settings: DatabaseSettings,
    private readonly log: Logger,
  ) {
    this.pool = createPool(settings, log);
  }

  /**
   * Runs queries on the pool.
   *
   * @param work - must not keep `sql`: the pool behind it may be replaced
   * @throws Problem 503 with `Retry-After` when the database is not usable now
   */
  run<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return this.guard(() => this.withDeadline(work(this.pool)));
  }

  /** Like {@link run}, in one transaction. */
  transaction<Result>(work: (sql: TransactionSql) => Promise<Result>): Promise<Result> {
    return this.guard(async () => {
      // A holder, because postgres.js types the result of a transaction for tuples of queries.
      const holder: { result?: Result; givenUp?: true } = {};
      try {
        await this.withDeadline(
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
    try {
      await this.withDeadline(this.pool`select 1`);
    } catch (error) {
      throw new Error(describeDatabaseError(error, this.settings), { cause: error });
    }
  }

  /** A connection of its own without our deadline, for migrations. The caller ends it. */
  dedicated(): Sql {
    return postgres({
      ...options(this.settings),
      max: 1,
      connection: {
        application_name: this.settings.applicationName,
        // A pod that dies in its migration must not keep the lock: its session ends after this.
        idle_in_transaction_session_timeout: 60_000,
      },
    });
  }

  /** In words, for the log. */
  describe(error: unknown): string {
    return describeDatabaseError(error, this.settings);
  }

  /** Closes the connections, and waits at most 5 s for queries in flight. */
  async close(): Promise<void> {
    this.closed = true;
    await this.pool.end({ timeout: 5 });
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

  private async withDeadline<Result>(query: PromiseLike<Result>): Promise<Result> {
    const { queryTimeoutMs } = this.settings;
    const pool = this.pool;
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, fail) => {
      timer = setTimeout(() => {
        fail(new DatabaseDeadlineError(queryTimeoutMs));
      }, queryTimeoutMs);
    });
    try {
      const result = await Promise.race([query, deadline]);
      this.deadlinesInARow = 0;
      return result;
    } catch (error) {
      if (error instanceof DatabaseDeadlineError) this.missed(pool, query);
      // An error is an answer, too.
      else this.deadlinesInARow = 0;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private missed(pool: Sql, query: PromiseLike<unknown>): void {
    // It may still fail, long after anybody listens.
    void Promise.resolve(query).catch(() => undefined);
    this.deadlinesInARow += 1;
    if (this.deadlinesInARow < DEADLINES_UNTIL_NEW_POOL || pool !== this.pool || this.closed) return;
    this.log.warn('queries get no answer, so the connections are replaced');
    this.deadlinesInARow = 0;
    this.pool = createPool(this.settings, this.log);
    void pool.end({ timeout: 0 }).catch(() => undefined);
  }
}

function createPool(settings: DatabaseSettings, log: Logger): Sql {
  return postgres({
    ...options(settings),
    max: settings.poolMax,
    connection: {
      application_name: settings.applicationName,
      // The server gives up, too, so that an abandoned query does not hold locks; and it gives up first, so that a slow
      // query is not taken for a dead connection.
      statement_timeout: Math.ceil(settings.queryTimeoutMs * 0.8),
      idle_in_transaction_session_timeout: settings.queryTimeoutMs * 2,
    },
    onnotice: (notice) => {
      log.debug({ notice }, 'PostgreSQL says');
    },
  });
}

/** What the pool, the migrations and the gate have in common. */
export function options({
  host,
  port,
  database,
  user,
  password,
  tls,
}: DatabaseTarget & Pick<DatabaseSettings, 'password' | 'tls'>) {
  return {
    host,
    port,
    database,
    user,
    pass: password,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    // The library waits up to 20 s between two attempts, and queries hang meanwhile. Measured: 20 ms to recover with
    // this, 6.4 s without.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 0.5),
    // One round trip less for each new connection; the types that we use are built in.
    fetch_types: false,
    socket: () => openSocket(host, port, tls),
    onnotice: () => undefined,
  };
}

/**
 * Opens the connection ourselves, because of a peer that accepts and closes without a word (a proxy whose backend is
 * gone): postgres.js then reconnects in an endless loop, some 600 times a second, and the query never ends
 * (porsager/postgres#1193). Turning that end into an error lets it fail and back off.
 */
function openSocket(host: string, port: number, tls?: DatabaseTls): Promise<Socket> {
  const socket = connect({ host, port });
  let answered = false;
  socket.once('data', () => {
    answered = true;
  });
  socket.once('end', () => {
    if (!answered)
      socket.destroy(Object.assign(new Error('closed before it answered'), { code: 'ECONNRESET' }));
  });
  if (tls === undefined) return Promise.resolve(socket);
  return secureSocket(socket, host, tls, CONNECT_TIMEOUT_SECONDS * 1000).catch((error: unknown) => {
    // Not a rejection, after which postgres.js would wait for a connection that nobody opens.
    const failed = new Socket();
    setImmediate(() =>
      failed.destroy(Object.assign(new Error(errorMessage(error)), { code: errorCode(error) })),
    );
    return failed;
  });
}
