import type { Database } from '@cafe-lumiere/runtime/database';
import type { Sql } from 'postgres';
import { databaseErrorCode, DEADLOCK, LOCK_NOT_AVAILABLE } from '@cafe-lumiere/runtime/database';
import { beforeDeadline, type Deadline, DeadlineError, UnavailableError } from '@cafe-lumiere/runtime';
import { during, sharedBy, type Span } from '@cafe-lumiere/runtime/tracing';
import { Batches } from './batches.js';
import type { PricedOrder } from './priced-order.js';
import type { OrderRow } from './order.js';

/** An order on its way into the database. */
export interface NewOrder {
  readonly order: PricedOrder;
  readonly orderNumber: string;
  /** What opens the order for its guest. */
  readonly token: string;
  /** The Idempotency-Key, and what stands for the order's content. */
  readonly key: string | undefined;
  readonly fingerprint: string | undefined;
  /** When whoever asked gives up. An order that still waits then is not stored. */
  readonly deadline: Deadline | undefined;
  /** Of whose trace storing it is a part. */
  readonly span?: Span | undefined;
}

/** What the database adds to an order. */
export type Stored = Pick<OrderRow, 'id' | 'created_at'>;

type StoredRow = Stored & Pick<OrderRow, 'order_number'>;

type Outcome = Stored | 'key is taken';

/** One alone is as fast (docs/decisions/group-commit.md); with two, an order does not wait for a whole slow write first. */
const STATEMENTS_AT_ONCE = 2;
/** More than the clients of a busy day; a statement with so many takes some milliseconds. */
const LARGEST_BATCH = 100;
/** One by one, through a part of the pool: whoever waits for a key must not hold up the others again. */
const SINGLE_AT_ONCE = 4;
/** For a key that another transaction is about to store; that takes a millisecond when nothing is wrong. */
const BATCH_LOCK_TIMEOUT_MS = 100;

/**
 * Stores new orders, with those that come at the same time in one statement: one transaction, one round trip and one
 * write to the disk for all of them. Each is answered after that commit. An order that cannot be stored does not take
 * the others with it: they are tried one by one then.
 */
export class OrderInserts {
  private readonly together = new Batches<NewOrder, Outcome>({
    atOnce: STATEMENTS_AT_ONCE,
    largest: LARGEST_BATCH,
    run: (orders, begin) => this.store(orders, begin),
  });
  private readonly alone = new Batches<NewOrder, Outcome>({
    atOnce: SINGLE_AT_ONCE,
    largest: 1,
    run: (orders, begin) => this.store(orders, begin),
  });

  constructor(private readonly database: Database) {}

  /**
   * Stores an order and its event, unless there is one with its key.
   *
   * @throws UnavailableError when the database is not usable or the deadline is over, what PostgreSQL says otherwise
   */
  add(order: NewOrder): Promise<Outcome> {
    if (order.span?.recorded !== true) return this.added(order);
    const span = order.span.child('store order', 'internal');
    return during(span, () => this.added({ ...order, span }));
  }

  private added(order: NewOrder): Promise<Outcome> {
    return beforeDeadline(() => this.together.add(order), order.deadline);
  }

  private async store(
    waiting: readonly NewOrder[],
    begin: () => readonly NewOrder[],
  ): Promise<(order: NewOrder) => Outcome | Promise<Outcome>> {
    let orders = waiting;
    const insertNow = (sql: Sql): Promise<readonly StoredRow[]> => {
      // Here, because the database may have been waited for meanwhile.
      orders = stillWaitedFor(begin());
      return traced(orders, () => insert(sql, orders));
    };
    try {
      const rows = await this.database.run(insertNow, {
        // Each order has its deadline by itself; those that join later than now have later ones.
        waitUntil: latest(waiting),
        // Without a key nothing would tell that an order is already there, and it would be stored twice.
        once: () => orders.some(({ key }) => key === undefined),
      });
      const stored = new Map(rows.map((row) => [row.order_number, row]));
      const sent = new Set(orders);
      return (order: NewOrder) =>
        sent.has(order)
          ? (stored.get(order.orderNumber) ?? 'key is taken')
          : Promise.reject(new DeadlineError(0));
    } catch (error) {
      if (orders.length === 1 || !mayBeOfOneOrder(error)) throw error;
      return (order: NewOrder) => this.alone.add(order);
    }
  }
}

/** One span for the statement, linked to those of the orders in it: it is no part of one of them alone. */
function traced<Result>(orders: readonly NewOrder[], work: () => Promise<Result>): Promise<Result> {
  const attributes = {
    'db.system.name': 'postgresql',
    'db.operation.name': 'INSERT',
    'db.collection.name': 'orders',
    'db.operation.batch.size': orders.length,
  };
  const spans = orders.flatMap(({ span }) => span ?? []);
  return sharedBy(spans, { name: 'INSERT orders', kind: 'client', attributes }, work);
}

function insert(sql: Sql, orders: readonly NewOrder[]): Promise<readonly StoredRow[]> {
  const lockTimeout = orders.length === 1 ? null : String(BATCH_LOCK_TIMEOUT_MS);
  const rows = orders
    .map(toRow)
    // Two batches that both wait for a key of the other one would never end.
    .sort((left, right) => compare(left.idempotency_key, right.idempotency_key));
  if (rows.length === 0) return Promise.resolve([]);
  return sql<StoredRow[]>`
      with patience as materialized (
        select set_config('lock_timeout', coalesce(${lockTimeout}, current_setting('lock_timeout')), true)
      ), placed as (
        insert into orders (order_number, token, customer_name, items, total_cents, idempotency_key, fingerprint)
        select order_number, token, customer_name, items, total_cents, idempotency_key, fingerprint
        from patience, jsonb_to_recordset(${sql.json(rows)}) as row (
          order_number text, token text, customer_name text, items jsonb, total_cents integer, idempotency_key text,
          fingerprint text)
        on conflict (idempotency_key) where idempotency_key is not null do nothing
        returning id, order_number, status, created_at
      ), event as (
        insert into order_events (order_id, status, at) select id, status, created_at from placed
      )
      select id, order_number, created_at from placed`;
}

/** Whoever has given up may ask again: what nobody waits for any more must not happen. */
function stillWaitedFor(orders: readonly NewOrder[]): readonly NewOrder[] {
  const now = performance.now();
  return orders.filter(({ deadline }) => deadline === undefined || deadline > now);
}

/** When the last of them gives up; nothing when one has not said when. */
function latest(orders: readonly NewOrder[]): Deadline | undefined {
  const deadlines = orders.flatMap(({ deadline }) => deadline ?? []);
  return deadlines.length === orders.length ? Math.max(...deadlines) : undefined;
}

/** Whether a batch may have failed for a reason that belongs to one of its orders, and not to the database. */
function mayBeOfOneOrder(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return !(error instanceof UnavailableError) || code === LOCK_NOT_AVAILABLE || code === DEADLOCK;
}

/** As the statement takes it. postgres.js takes plain objects as JSON, and no interfaces. */
const toRow = ({ order, orderNumber, token, key, fingerprint }: NewOrder) => ({
  order_number: orderNumber,
  token,
  customer_name: order.customerName,
  items: order.items.map((item) => ({ ...item })),
  total_cents: order.totalCents,
  idempotency_key: key ?? null,
  fingerprint: fingerprint ?? null,
});

const compare = (left: string | null, right: string | null): number =>
  (left ?? '') < (right ?? '') ? -1 : 1;
