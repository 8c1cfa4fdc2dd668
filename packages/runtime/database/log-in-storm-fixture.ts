import { setTimeout as pause } from 'node:timers/promises';
import { Database } from './database.js';
import { deadlineIn } from '../deadline.js';
import { createLog } from '../log.js';
import { BackgroundCheck } from '../readiness.js';
import { LogInLog } from '../testing/log-in-log.js';
import { PostgresFixture } from '../testing/postgres-fixture.js';

/** What a storm is made of. */
export interface StormOptions {
  /** Each with a pool, a readiness check, a listener and callers of its own. */
  readonly pods: number;
  /** Milliseconds for which PostgreSQL runs, and for which it stands still then, again and again. */
  readonly runMs: number;
  readonly standMs: number;
  /** How long it is watched after PostgreSQL accepts connections again, in seconds. */
  readonly watchSeconds: number;
}

/** What was seen, from the moment on when PostgreSQL accepted connections again. */
export interface StormOutcome {
  /** Connections that PostgreSQL has taken. */
  readonly begun: number;
  /** Those that it has let in. */
  readonly admitted: number;
  /** Those that ended in the middle of their log-in, and not because PostgreSQL refused them. */
  readonly abandoned: number;
  /** For each pod that has answered anybody, milliseconds from PostgreSQL's return to the first answer. */
  readonly firstAnswerMs: readonly number[];
  /** How many pods have answered nobody. */
  readonly unanswered: number;
}

/** How long a caller waits, and how often one comes. */
const CALLER_MS = 2000;
const CALLER_EVERY_MS = 50;

/** PostgreSQL crashes on a machine that has much else to do, and many want to log in again. */
export async function logInStorm({
  pods,
  runMs,
  standMs,
  watchSeconds,
}: StormOptions): Promise<StormOutcome> {
  const log = new LogInLog();
  const server = await PostgresFixture.start({ log: log.read });
  await log.begin(server);
  const running = Array.from({ length: pods }, () => new Pod(server));
  await Promise.all(running.map((pod) => pod.answers(1)));
  const faster = server.slow({ runMs, standMs });
  await pause(500);

  const ready = log.ready();
  await server.crash();
  const back = await ready;
  await pause(watchSeconds * 1000);
  const firstAnswerMs = running.flatMap((pod) => pod.firstAnswerAfter(back) ?? []);
  await faster();
  // What is still under way ends well now.
  await pause(2000);
  const { begun, admitted, abandoned } = log;
  await Promise.all(running.map((pod) => pod.end()));
  await server.remove();
  return { begun, admitted, abandoned, firstAnswerMs, unanswered: pods - firstAnswerMs.length };
}

/** What a process of a service does with its database. */
class Pod {
  private readonly database: Database;
  private readonly check: BackgroundCheck;
  private readonly ending = new AbortController();
  private readonly ended: Promise<unknown>;
  /** When callers got their answers. */
  private readonly answered: number[] = [];

  constructor(server: PostgresFixture) {
    const settings = { ...server.access, poolMax: 8, queryTimeoutMs: 1500, applicationName: 'storm' };
    this.database = new Database(settings, createLog('storm', '1', 'silent'));
    this.check = new BackgroundCheck({ name: 'database', check: () => this.database.check() });
    this.ended = Promise.all([this.listen(), this.call()]);
  }

  async answers(count: number): Promise<void> {
    while (this.answered.length < count) await pause(10);
  }

  /** Milliseconds to the first answer after a moment. */
  firstAnswerAfter(moment: number): number | undefined {
    const first = this.answered.find((at) => at > moment);
    return first === undefined ? undefined : first - moment;
  }

  async end(): Promise<void> {
    this.check.stop();
    this.ending.abort();
    await this.ended;
    await this.database.close();
  }

  private async listen(): Promise<void> {
    while (!this.ending.signal.aborted) {
      const begun = await this.database
        .listen('storm', () => undefined)
        .then(
          () => true,
          () => false,
        );
      if (begun) return;
      await pause(1000);
    }
  }

  private async call(): Promise<void> {
    const callers = new Set<Promise<void>>();
    while (!this.ending.signal.aborted) {
      const caller = this.database
        .run((sql) => sql`select pg_sleep(0.005)`, { deadline: deadlineIn(CALLER_MS) })
        .then(
          () => void this.answered.push(performance.now()),
          () => undefined,
        )
        .finally(() => callers.delete(caller));
      callers.add(caller);
      await pause(CALLER_EVERY_MS);
    }
    await Promise.all(callers);
  }
}
