import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '@cafe-lumiere/runtime/database';
import type { Logger } from '@cafe-lumiere/runtime';
import { errorMessage } from '@cafe-lumiere/runtime/network';

/** How long things are kept; see docs/decisions/retention.md. */
export interface RetentionOptions {
  /** Days that an order is kept after its last change, and its Idempotency-Key and its guest's name with it. */
  readonly orderDays: number;
  /** Milliseconds between two cleanings. @default an hour */
  readonly intervalMs?: number;
}

/** A client that comes back within a day continues its stream; a later one reads everything anew, which costs little. */
const EVENT_DAYS = 1;
/** Whoever guesses anew after this waits a few seconds less, and it is said no longer that somebody from there has guessed. */
const GUESS_HOURS = 1;
/** What the hubs hold for clients that return; never deleted, so that the newest number is always known. */
const KEPT_EVENTS = 1000;
/** Small enough to end within the deadline of a query, and not to hold up an order. */
const BATCH = 1000;
const HOUR_MS = 3_600_000;

/** Deletes what is older than it must be, a little at a time. */
export class Retention {
  constructor(
    private readonly database: Database,
    private readonly options: RetentionOptions,
    private readonly log: Logger,
  ) {}

  /** Cleans now and then, until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs = HOUR_MS } = this.options;
    // Not all pods at once.
    const next = async (): Promise<boolean> => {
      const wait = intervalMs * (0.5 + Math.random());
      await pause(wait, undefined, { signal, ref: false }).catch(() => undefined);
      return !signal.aborted;
    };
    while (await next()) {
      await this.clean().catch((error: unknown) => {
        this.log.warn(`what is old stays for now: ${errorMessage(error)}`);
      });
    }
  }

  /** Deletes everything that is too old now. Pods that do so at the same time take different rows. */
  async clean(): Promise<void> {
    const events = await repeated(() => this.deleteEvents());
    const served = await repeated(() => this.deleteOrders("status = 'served'"));
    // Few, and found by another index: what was cancelled, and what nobody has served in all that time.
    const others = await repeated(() => this.deleteOrders("status <> 'served'"));
    const orders = served + others;
    const guesses = await repeated(() => this.deleteGuesses());
    if (events + orders + guesses > 0) this.log.info({ orders, events, guesses }, 'what is old is deleted');
  }

  private deleteEvents(): Promise<number> {
    return this.database.run(async (sql) => {
      const { count } = await sql`
        delete from order_events where sequence in (
          select sequence from order_events
          where sequence <= (select max(sequence) from order_events) - ${KEPT_EVENTS}
            and at < now() - make_interval(days => ${EVENT_DAYS})
          order by sequence limit ${BATCH} for update skip locked)`;
      return count;
    });
  }

  private deleteGuesses(): Promise<number> {
    return this.database.run(async (sql) => {
      const { count } = await sql`
        delete from wrong_guesses where client in (
          select client from wrong_guesses
          where turn_at < now() - make_interval(hours => ${GUESS_HOURS})
          limit ${BATCH} for update skip locked)`;
      return count;
    });
  }

  private deleteOrders(condition: string): Promise<number> {
    const { orderDays } = this.options;
    return this.database.run(async (sql) => {
      const { count } = await sql`
        delete from orders where id in (
          select id from orders
          where ${sql.unsafe(condition)} and updated_at < now() - make_interval(days => ${orderDays})
          order by updated_at limit ${BATCH} for update skip locked)`;
      return count;
    });
  }
}

async function repeated(deleteSome: () => Promise<number>): Promise<number> {
  for (let sum = 0; ;) {
    const count = await deleteSome();
    sum += count;
    if (count < BATCH) return sum;
  }
}
