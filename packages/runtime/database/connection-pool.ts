import type { Sql } from 'postgres';
import { isAway, leadsAstray, REPLACED } from './database-error.js';
import type { DatabaseSettings } from './database-settings.js';
import { type Deadline, DeadlineError, endsWithin, remainingMs, within } from '../deadline.js';
import { LogIns } from './log-ins.js';
import type { Logger } from '../log.js';
import { openConnection, type PooledConnection } from './pooled-connection.js';
import { WaitingLine } from './waiting-line.js';

/**
 * Whoever comes within this time waits for the return. A planned restart of PostgreSQL takes less, also on another node
 * (docs/decisions/short-absence.md). Later callers are told at once: then a page that says so is worth more than one that
 * waits.
 */
const PATIENCE_MS = 13_000;
/** Deadlines after which a query is lost, and its connection with it: TCP would take minutes to say so. */
const LOST_AFTER_DEADLINES = 3;
/** For what is under way when the pool is closed. */
const CLOSE_SECONDS = 5;

/**
 * Connections for queries. Callers wait in a line until one is free, and nobody for a certain one: a log-in that takes
 * long holds up nobody. What nobody waits for any more is never sent.
 */
export class ConnectionPool {
  private readonly connections = new Set<PooledConnection>();
  private readonly line = new WaitingLine<PooledConnection>();
  private readonly logIns: LogIns;
  /** Since when no connection answers, and what was last said about it. */
  private absence: { readonly since: number; reason?: unknown } | undefined;
  /** Somebody wants a connection until then. */
  private wantedUntil: Deadline = 0;
  private closed = false;
  /** Ends the log-ins that have not ended by themselves. */
  private readonly ending = new AbortController();

  /** Which database the newest connection leads to. */
  private place: string | undefined;

  /** @param admit - looks at a new connection before it serves anybody, and says which database it leads to */
  constructor(
    private readonly settings: DatabaseSettings,
    private readonly log: Logger,
    private readonly admit: (sql: Sql) => Promise<string | undefined>,
  ) {
    this.logIns = new LogIns({
      logIn: () => this.open(),
      wanted: () => this.wanted(),
      answering: () => this.answering,
    });
  }

  /** When PostgreSQL last answered on a connection that is still good. */
  get answered(): number {
    return Math.max(...this.good.map(({ answered }) => answered));
  }

  /** How many callers wait for a connection. */
  get waiting(): number {
    return this.line.length;
  }

  /**
   * A connection for one caller, who must {@link use} it.
   *
   * @param until - how long it is waited for, when there is none
   * @param patienceMs - how long after the database's departure callers wait for its return
   * @throws why there is none
   */
  async take(until: Deadline, patienceMs = PATIENCE_MS): Promise<PooledConnection> {
    if (this.closed) throw closedError();
    const free = this.good.find(({ state }) => state === 'free');
    if (free) {
      free.state = 'taken';
      return free;
    }
    this.wantedUntil = Math.max(this.wantedUntil, until);
    if (!this.answering) this.absence ??= { since: performance.now() };
    const { since, reason } = this.absence ?? {};
    const hopeless = since !== undefined && reason !== undefined && performance.now() - since > patienceMs;
    const connection = hopeless ? undefined : this.line.wait(until, () => this.reason());
    this.logIns.next();
    if (connection) return connection;
    throw reason;
  }

  /** @throws DeadlineError when there is no answer within `queryTimeoutMs`, and what the query fails with */
  async use<Result>(connection: PooledConnection, work: (sql: Sql) => PromiseLike<Result>): Promise<Result> {
    const asked = performance.now();
    const answer = this.ask(connection, work);
    try {
      return await within(answer, this.settings.queryTimeoutMs);
    } catch (error) {
      if (error instanceof DeadlineError) this.missed(connection, asked);
      throw error;
    }
  }

  /** Closes the connections, and waits at most 5 s for queries and log-ins that are under way. */
  async close(): Promise<void> {
    this.closed = true;
    this.line.refuse(closedError());
    const ends = [...this.connections].map(({ sql, state }) =>
      sql.end({ timeout: state === 'doubtful' ? 0 : CLOSE_SECONDS }),
    );
    await Promise.all([endsWithin(this.logIns.close(), CLOSE_SECONDS * 1000), ...ends]);
    this.ending.abort();
  }

  private get good(): readonly PooledConnection[] {
    return [...this.connections].filter(({ state }) => state !== 'doubtful');
  }

  private get answering(): boolean {
    return this.good.length > 0;
  }

  private wanted(): number {
    if (this.closed || remainingMs(this.wantedUntil) === 0) return 0;
    const underWay = this.logIns.count;
    const room = this.settings.poolMax - this.connections.size - underWay;
    return this.answering ? Math.min(room, this.line.length - underWay) : room;
  }

  private reason(): unknown {
    if (this.answering) return Object.assign(new Error('no connection was free'), { code: 'BUSY' });
    return this.absence?.reason ?? new DeadlineError(this.settings.queryTimeoutMs);
  }

  private async open(): Promise<void> {
    try {
      const closed = (connection: PooledConnection): void => {
        this.remove(connection, closedError());
      };
      const connection = await openConnection(this.settings, {
        admit: this.admit,
        onClose: closed,
        signal: this.ending.signal,
      });
      const { place } = connection;
      if (place !== this.place) {
        this.place = place;
        this.leave(Object.assign(new Error('the others lead to another one'), { code: REPLACED }));
      }
      this.connections.add(connection);
      this.free(connection);
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  private failed(error: unknown): void {
    if (this.answering) return;
    this.absence = { since: this.absence?.since ?? performance.now(), reason: error };
    // Waiting would not help.
    if (!isAway(error)) this.line.refuse(error);
  }

  private async ask<Result>(
    connection: PooledConnection,
    work: (sql: Sql) => PromiseLike<Result>,
  ): Promise<Result> {
    try {
      const result = await work(connection.sql);
      this.free(connection);
      return result;
    } catch (error) {
      if (leadsAstray(error)) this.leave(error);
      if (isAway(error)) this.drop(connection, error);
      // An error is an answer, too.
      else this.free(connection);
      throw error;
    }
  }

  /** It has answered, and is there for the next caller. */
  private free(connection: PooledConnection): void {
    if (!this.connections.has(connection)) return;
    const now = performance.now();
    connection.answered = now;
    connection.state = 'taken';
    if (this.absence?.reason !== undefined) {
      const milliseconds = Math.round(now - this.absence.since);
      this.log.info(`the database is back after ${milliseconds} ms`);
    }
    this.absence = undefined;
    const old = now > connection.old && this.line.length === 0;
    if (this.closed || old || connection.place !== this.place) this.retire(connection);
    else if (!this.line.serve(connection)) connection.state = 'free';
  }

  /** A query got no answer in time. Its connection is doubtful, and so are those that have answered nobody since. */
  private missed(connection: PooledConnection, asked: number): void {
    // The answer may just have come.
    if (!this.connections.has(connection) || connection.answered > asked) return;
    this.doubt(connection);
    const others = this.good.filter(({ state, answered }) => state === 'free' && answered < asked);
    for (const other of others) {
      this.doubt(other);
      this.ask(other, (sql) => sql`select 1`).catch(() => undefined);
    }
    if (!this.answering) {
      this.log.warn('queries get no answer, so other connections are tried');
      this.absence = { since: this.absence?.since ?? performance.now(), reason: this.reason() };
      // Of a full pool one place is needed to look whether new connections are answered.
      if (this.connections.size >= this.settings.poolMax) this.drop(connection, this.absence.reason);
    }
    this.logIns.next();
  }

  private doubt(connection: PooledConnection): void {
    connection.state = 'doubtful';
    const { answered } = connection;
    setTimeout(
      () => {
        if (connection.answered === answered) this.drop(connection, this.reason());
      },
      (LOST_AFTER_DEADLINES - 1) * this.settings.queryTimeoutMs,
    ).unref();
  }

  /** The primary, or the database, is another one now. The connections that nobody has just now lead to the former one as well. */
  private leave(reason: unknown): void {
    for (const connection of this.good) if (connection.state === 'free') this.drop(connection, reason);
  }

  private retire(connection: PooledConnection): void {
    this.connections.delete(connection);
    void connection.sql.end({ timeout: CLOSE_SECONDS }).catch(() => undefined);
    this.logIns.next();
  }

  private drop(connection: PooledConnection, reason: unknown): void {
    this.remove(connection, reason);
    void connection.sql.end({ timeout: 0 }).catch(() => undefined);
  }

  private remove(connection: PooledConnection, reason: unknown): void {
    if (!this.connections.delete(connection)) return;
    if (!this.answering) {
      this.absence ??= { since: performance.now() };
      this.absence.reason ??= reason;
    }
    this.logIns.next();
  }
}

const closedError = (): Error =>
  Object.assign(new Error('the connection is closed'), { code: 'CONNECTION_CLOSED' });
