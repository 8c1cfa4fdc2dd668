import type { Sql } from 'postgres';
import type { Database } from '@cafe-lumiere/runtime/database';
import { databaseErrorCode, LOCK_NOT_AVAILABLE, UNIQUE_VIOLATION } from '@cafe-lumiere/runtime/database';
import type { Deadline } from '@cafe-lumiere/runtime';
import { Problem } from '@cafe-lumiere/runtime/http';
import type { Span } from '@cafe-lumiere/runtime/tracing';
import { OrderInserts, type Stored } from './order-inserts.js';
import { drawOrderNumber, drawToken, notFound } from './order-number.js';
import { fingerprint, type PricedOrder } from './priced-order.js';
import {
  asPlaced,
  type Order,
  type OrderCounts,
  type Status,
  PRECEDING,
  STATUSES,
  type OrderRow,
  toOrder,
} from './order.js';

/** Which orders to list. */
export interface OrderFilter {
  /** Only these. @default - all */
  readonly statuses?: readonly Status[] | undefined;
  /** Only those placed before the order with this id, which is the last of the page before. @default - the newest */
  readonly before?: number | undefined;
  /** Only those placed after the order with this id, the oldest first; 0 begins with the very first. @default - all */
  readonly after?: number | undefined;
  /** At most so many. */
  readonly limit: number;
}

/** An order, and what opens it for its guest: nothing for one from before there were tokens. */
export interface GuestOrder {
  readonly order: Order;
  readonly token: string | undefined;
}

/** For whom something is done. */
interface Caller {
  /** When they give up. @default - never */
  readonly deadline?: Deadline | undefined;
  /** Of whose trace it is a part. @default - of none */
  readonly span?: Span | undefined;
}

/** Two equal draws of 32⁶ are rare; five in a row do not happen. */
const DRAWS = 5;

/**
 * The orders in the database. Every change is one statement, which is one transaction and one round trip: it holds no
 * lock while this process does something else, and a process that is killed leaves either all of it or nothing.
 */
export class OrderBook {
  private readonly inserts: OrderInserts;

  /** @param changed - is told after each change that was made, so that it becomes known */
  constructor(
    private readonly database: Database,
    private readonly changed: () => void = () => undefined,
  ) {
    this.inserts = new OrderInserts(database);
  }

  /**
   * Stores an order. With a key, at most once: the same key and content give the first answer again.
   *
   * @throws Problem 422 when the key was used for another order, 409 while the first request with the key is not over
   */
  async place(order: PricedOrder, key?: string, { deadline, span }: Caller = {}): Promise<GuestOrder> {
    const print = key === undefined ? undefined : fingerprint(order);
    for (let draw = 1; draw <= DRAWS; draw += 1) {
      const orderNumber = drawOrderNumber();
      const token = drawToken();
      const stored = await this.inserts
        .add({ order, orderNumber, token, key, fingerprint: print, deadline, span })
        .catch((error: unknown) => tryAgainOrFail(error, key));
      if (stored === 'another number') continue;
      if (stored !== 'key is taken') {
        this.changed();
        return { order: asStored(order, orderNumber, stored), token };
      }
      const first = await this.placedBefore(key ?? '', print ?? '', deadline);
      if (first) return first;
    }
    throw new Error(`${DRAWS} order numbers in a row were taken`);
  }

  /** The order with this number. @throws Problem 404 */
  async find(orderNumber: string, deadline?: Deadline): Promise<GuestOrder> {
    const rows = await this.database.run(
      (sql) => sql<OrderRow[]>`select * from orders where order_number = ${orderNumber}`,
      { deadline },
    );
    const [row] = rows;
    if (row) return { order: toOrder(row), token: row.token ?? undefined };
    throw notFound(orderNumber);
  }

  /** Orders, the newest first, or the oldest first after one of them. */
  async list(
    { statuses, before, after, limit }: OrderFilter,
    deadline?: Deadline,
  ): Promise<readonly Order[]> {
    const rows = await this.database.run(
      (sql) => sql<OrderRow[]>`
        select * from orders
        where ${statuses ? withStatus(sql, statuses) : sql`true`}
          and ${before === undefined ? sql`true` : sql`id < ${before}`}
          and ${after === undefined ? sql`true` : sql`id > ${after}`}
        order by id ${after === undefined ? sql`desc` : sql`asc`} limit ${limit}`,
      { deadline },
    );
    return rows.map(toOrder);
  }

  /** How many orders have which status. */
  async count(deadline?: Deadline): Promise<OrderCounts> {
    const rows = await this.database.run(
      (sql) => sql<{ status: Status; count: number }[]>`
        select status, count(*)::int as count from orders where status <> 'served' group by status
        union all select 'served', count::int from served_orders`,
      { deadline },
    );
    const of = (status: Status): number => rows.find((row) => row.status === status)?.count ?? 0;
    return {
      ordered: of('ordered'),
      preparing: of('preparing'),
      ready: of('ready'),
      served: of('served'),
      cancelled: of('cancelled'),
    };
  }

  /**
   * Moves an order one step forward, or cancels it. The same again changes nothing and succeeds: people click twice.
   *
   * @throws Problem 404, or 409 that names the current status and what may follow
   */
  async advance(orderNumber: string, status: Status, deadline?: Deadline): Promise<Order> {
    const before = PRECEDING[status];
    if (before !== undefined) {
      const rows = await this.database.run(
        (sql) => sql<OrderRow[]>`
          with changed as (
            update orders set status = ${status}, updated_at = now()
            where order_number = ${orderNumber} and status = ${before}
            returning *
          ), event as (
            insert into order_events (order_id, status, at) select id, status, updated_at from changed
          )
          select * from changed`,
        { deadline },
      );
      const [changed] = rows;
      if (changed) {
        this.changed();
        return toOrder(changed);
      }
    }
    const { order: current } = await this.find(orderNumber, deadline);
    if (current.status === status) return current;
    const next = STATUSES.filter((each) => PRECEDING[each] === current.status).map((each) => `"${each}"`);
    throw new Problem(409, {
      detail:
        `Order ${orderNumber} is "${current.status}" and cannot become "${status}"; ` +
        (next.length === 0 ? 'nothing follows.' : `only ${next.join(' or ')} follows.`),
      members: { current_status: current.status },
    });
  }

  /** What the first request with this key was answered; nothing when its order has been deleted meanwhile. */
  private async placedBefore(
    key: string,
    print: string,
    deadline?: Deadline,
  ): Promise<GuestOrder | undefined> {
    const [row] = await this.database.run(
      (sql) =>
        sql<(OrderRow & { fingerprint: string })[]>`select * from orders where idempotency_key = ${key}`,
      { deadline },
    );
    if (!row) return undefined;
    if (row.fingerprint !== print) {
      throw new Problem(422, {
        detail: 'This Idempotency-Key was used for another order. Make a new key for a new order.',
      });
    }
    return { order: asPlaced(toOrder(row)), token: row.token ?? undefined };
  }
}

/** After a failed insert: whether another order number helps. @throws what the client is told otherwise */
function tryAgainOrFail(error: unknown, key: string | undefined): 'another number' {
  const code = databaseErrorCode(error);
  // The number's: a key that is taken is no error.
  if (code === UNIQUE_VIOLATION) return 'another number';
  if (key === undefined || code !== LOCK_NOT_AVAILABLE) throw error;
  throw new Problem(409, {
    detail:
      'The first request with this Idempotency-Key is not over. Send the same request again in a moment.',
    headers: { 'Retry-After': '1' },
    cause: error,
  });
}

/** The order that was just stored: what we said, and what the database has added. */
function asStored(
  { customerName, items, totalCents }: PricedOrder,
  orderNumber: string,
  { id, created_at }: Stored,
): Order {
  return toOrder({
    id,
    order_number: orderNumber,
    customer_name: customerName,
    items,
    total_cents: totalCents,
    status: STATUSES[0],
    created_at,
    updated_at: created_at,
  });
}

/**
 * The condition in plain words of SQL, not as parameters: a prepared plan without the values could not know that the
 * index of open orders has them all, and would read every order that was ever served.
 */
const withStatus = (sql: Sql, statuses: readonly Status[]) =>
  sql.unsafe(`status in (${statuses.map((status) => `'${status}'`).join(', ')})`);
