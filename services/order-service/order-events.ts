import { setTimeout as pause } from 'node:timers/promises';
import { type Database, inTransaction } from '@cafe-lumiere/runtime/database';
import type { EventHub } from '@cafe-lumiere/runtime/events';
import type { Logger } from '@cafe-lumiere/runtime';
import { errorMessage } from '@cafe-lumiere/runtime/network';
import { type Order, type OrderRow, type Status, toOrder } from './order.js';

/** The channel on which publish_order_events, in the migrations, wakes us up. */
const CHANNEL = 'order_events';
/** Between two looks at most; notifications get lost with their connection. */
const LONGEST_PAUSE_MS = 1000;
/** Between two looks at least: changes that come meanwhile are published together. */
const SHORTEST_PAUSE_MS = 10;
const BATCH = 500;
/** What a hub of this size can show to clients that return. */
const REMEMBERED = 1000;

/** An event with its order as that is now. */
type EventRow = OrderRow & { readonly sequence: string; readonly event_status: Status; readonly at: Date };

/**
 * Reads the orders' changes out of the database, those of the other pods as well, in the order of their sequence
 * numbers, and gives them to the hub: each with the order as it was after it.
 */
export class OrderEvents {
  private wakeUp: (() => void) | undefined;
  private woken = false;
  private unpublished = true;
  private doubtful = false;
  private listening: 'no' | 'soon' | 'yes' = 'no';
  private said: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly hub: EventHub<Order>,
    private readonly log: Logger,
  ) {}

  /** This process has changed an order. */
  readonly changed = (): void => {
    this.unpublished = true;
    this.wake();
  };

  /** The database is another one than before. */
  readonly replaced = (): void => {
    this.doubtful = true;
    this.unpublished = true;
    this.wake();
  };

  /** There is something new to read. */
  private readonly wake = (): void => {
    this.woken = true;
    this.wakeUp?.();
  };

  /** Follows the changes until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', this.wake);
    while (!signal.aborted) {
      this.listen();
      const { woken } = this;
      this.woken = false;
      try {
        await this.look(woken);
        this.hub.alive();
        this.say(undefined);
      } catch (error) {
        this.say(errorMessage(error));
      }
      await pause(SHORTEST_PAUSE_MS, undefined, { ref: false });
      await this.pause(signal);
    }
  }

  private pause(signal: AbortSignal): Promise<void> {
    if (this.woken || signal.aborted) return Promise.resolve();
    return new Promise((done) => {
      const timer = setTimeout(done, LONGEST_PAUSE_MS).unref();
      this.wakeUp = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  private listen(): void {
    if (this.listening !== 'no') return;
    this.listening = 'soon';
    // Not awaited: looking goes on meanwhile.
    this.database.listen(CHANNEL, this.wake).then(
      () => (this.listening = 'yes'),
      () => (this.listening = 'no'),
    );
  }

  /** @param woken - whether somebody said that there is something; else it is time to look after everything */
  private async look(woken: boolean): Promise<void> {
    if (this.doubtful && this.hub.newest !== undefined) await this.beginAnewIfReplaced(this.hub.newest);
    if (this.unpublished || !woken) {
      this.unpublished = false;
      await this.database.run((sql) => sql`select publish_order_events()`);
    }
    if (this.hub.newest === undefined) await this.begin(await this.newest());
    else if (!woken) await this.beginAnewIfReplaced(this.hub.newest);
    for (;;) {
      const events = await this.after(this.hub.newest ?? 0);
      for (const { sequence, order } of events) this.hub.add(sequence, order);
      if (events.length < BATCH) break;
    }
  }

  private async newest(): Promise<number> {
    const [row] = await this.database.run(
      (sql) => sql<{ newest: string | null }[]>`select max(sequence) as newest from order_events`,
    );
    return Number(row?.newest ?? 0);
  }

  /**
   * In a database that was replaced by an empty or an older one, numbers that were given before would be given again, to
   * other events, and whoever has seen the first would take the second for known. So it goes on above all that were
   * shown here, and everybody reads anew.
   */
  private async beginAnewIfReplaced(shown: number): Promise<void> {
    const { doubtful } = this;
    const [row] = await this.database.run((sql) =>
      inTransaction(sql, async (transaction) => {
        // Nobody draws one meanwhile, see publish_order_events.
        await transaction`select pg_advisory_xact_lock(5001433)`;
        return transaction<{ next: string }[]>`
          select setval('order_event_sequence', greatest(last_value, ${shown}) + 1) as next
          from order_event_sequence where ${doubtful} or last_value < ${shown}`;
      }),
    );
    this.doubtful = false;
    if (row) this.hub.begin(Number(row.next));
  }

  /** The last events are for those who come back from another pod. */
  private async begin(newest: number): Promise<void> {
    const events = await this.after(newest - REMEMBERED, newest, REMEMBERED);
    const remembered = events.map(({ sequence, order }) => ({ id: sequence, payload: order }));
    this.hub.begin(newest, remembered);
  }

  private async after(
    sequence: number,
    last = Number.MAX_SAFE_INTEGER,
    limit = BATCH,
  ): Promise<readonly { readonly sequence: number; readonly order: Order }[]> {
    const rows = await this.database.run(
      (sql) => sql<EventRow[]>`
        select orders.*, event.sequence, event.status as event_status, event.at
        from order_events as event join orders on orders.id = event.order_id
        where event.sequence > ${sequence} and event.sequence <= ${last}
        order by event.sequence limit ${limit}`,
    );
    return rows.map((row) => ({
      sequence: Number(row.sequence),
      order: orderAt(toOrder(row), row.event_status, row.at),
    }));
  }

  private say(reason: string | undefined): void {
    if (reason === this.said) return;
    this.said = reason;
    if (reason !== undefined) this.log.warn(`order events wait: ${reason}`);
  }
}

/** The order as it was after a change: all else of it never changes. */
const orderAt = (order: Order, status: Status, at: Date): Order => ({
  ...order,
  status,
  updated_at: at.toISOString(),
});
