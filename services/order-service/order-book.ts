import type { Sql } from 'postgres';
import type { Database } from '../runtime/database.js';
import { databaseErrorCode } from '../runtime/database-error.js';
import { Problem } from '../runtime/problem.js';
import { drawOrderNumber } from './order-number.js';
import { fingerprint, type PricedOrder } from './order-request.js';
import {
  asPlaced,
  type Order,
  type OrderCounts,
  type OrderItem,
  type Status,
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
  /** At most so many, the newest. */
  readonly limit: number;
}

// https://www.postgresql.org/docs/17/errcodes-appendix.html
const UNIQUE_VIOLATION = '23505';
/** Another request with the key waits for its commit, for longer than `lock_timeout`. */
const LOCK_NOT_AVAILABLE = '55P03';
/** Two equal draws of 32⁶ are rare; five in a row do not happen. */
const DRAWS = 5;

/**
 * The orders in the database. Every change is one statement, which is one transaction and one round trip: it holds no
 * lock while this process does something else, and a process that is killed leaves either all of it or nothing.
 */
export class OrderBook {
  /** @param changed - is told after each change that was made, so that it becomes known */
  constructor(
    private readonly database: Database,
    private readonly changed: () => void = () => undefined,
  ) {}

  /**
   * Stores an order. With a key, at most once: the same key and content give the first answer again.
   *
   * @throws Problem 422 when the key was used for another order, 409 while the first request with the key is not over
   */
  async place(order: PricedOrder, key?: string): Promise<Order> {
    const content = key === undefined ? null : fingerprint(order);
    for (let draw = 1; draw <= DRAWS; draw += 1) {
      try {
        const placed = await this.insert(order, drawOrderNumber(), key ?? null, content);
        this.changed();
        return placed;
      } catch (error) {
        const first = await this.placedBefore(error, key, content);
        if (first) return first;
      }
    }
    throw new Error(`${DRAWS} order numbers in a row were taken`);
  }

  /** The order with this number. @throws Problem 404 */
  async find(orderNumber: string): Promise<Order> {
    const rows = await this.database.run(
      (sql) => sql<OrderRow[]>`select * from orders where order_number = ${orderNumber}`,
    );
    const [row] = rows;
    if (row) return toOrder(row);
    throw notFound(orderNumber);
  }

  /** Orders, the newest first. */
  async list({ statuses, before, limit }: OrderFilter): Promise<readonly Order[]> {
    const rows = await this.database.run(
      (sql) => sql<OrderRow[]>`
        select * from orders
        where ${statuses ? withStatus(sql, statuses) : sql`true`}
          and ${before === undefined ? sql`true` : sql`id < ${before}`}
        order by id desc limit ${limit}`,
    );
    return rows.map(toOrder);
  }

  /** How many orders have which status. */
  async count(): Promise<OrderCounts> {
    const rows = await this.database.run(
      (sql) => sql<{ status: Status; count: number }[]>`
        select status, count(*)::int as count from orders where status <> 'served' group by status
        union all select 'served', count::int from served_orders`,
    );
    const of = (status: Status): number => rows.find((row) => row.status === status)?.count ?? 0;
    return { ordered: of('ordered'), preparing: of('preparing'), ready: of('ready'), served: of('served') };
  }

  /**
   * Moves an order one step forward. The same step again changes nothing and succeeds: cooks click twice.
   *
   * @throws Problem 404, or 409 that names the current status and the one that may follow
   */
  async advance(orderNumber: string, status: Status): Promise<Order> {
    const before = STATUSES[STATUSES.indexOf(status) - 1];
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
      );
      const [changed] = rows;
      if (changed) {
        this.changed();
        return toOrder(changed);
      }
    }
    const current = await this.find(orderNumber);
    if (current.status === status) return current;
    const next = STATUSES[STATUSES.indexOf(current.status) + 1];
    throw new Problem(409, {
      detail:
        `Order ${orderNumber} is "${current.status}" and cannot become "${status}"; ` +
        (next === undefined ? 'nothing follows.' : `only "${next}" follows.`),
      members: { current_status: current.status },
    });
  }

  private async insert(
    { customerName, items, totalCents }: PricedOrder,
    orderNumber: string,
    key: string | null,
    content: string | null,
  ): Promise<Order> {
    // Why not `on conflict do nothing`? It looks into each unique index once more for every order, for what nearly
    // never happens.
    const [row] = await this.database.run(
      (sql) => sql<Pick<OrderRow, 'id' | 'created_at'>[]>`
        with placed as (
          insert into orders (order_number, customer_name, items, total_cents, idempotency_key, fingerprint)
          values (${orderNumber}, ${customerName}, ${sql.json(toJson(items))}, ${totalCents}, ${key}, ${content})
          returning id, status, created_at
        ), event as (
          insert into order_events (order_id, status, at) select id, status, created_at from placed
        )
        select id, created_at from placed`,
    );
    if (!row) throw new Error('an insert returned no row');
    return toOrder({
      ...row,
      order_number: orderNumber,
      customer_name: customerName,
      items,
      total_cents: totalCents,
      status: STATUSES[0],
      updated_at: row.created_at,
    });
  }

  /**
   * What the first request with this key was answered; nothing when it was the order's number that was taken, which is
   * drawn again then.
   *
   * @throws what failed, when that was neither
   */
  private async placedBefore(
    error: unknown,
    key: string | undefined,
    content: string | null,
  ): Promise<Order | undefined> {
    const code = databaseErrorCode(causeOf(error));
    if (key !== undefined && code === LOCK_NOT_AVAILABLE) {
      throw new Problem(409, {
        detail:
          'The first request with this Idempotency-Key is not over. Send the same request again in a moment.',
        headers: { 'Retry-After': '1' },
        cause: error,
      });
    }
    if (code !== UNIQUE_VIOLATION) throw error;
    if (key === undefined) return undefined;
    const [row] = await this.database.run(
      (sql) =>
        sql<(OrderRow & { fingerprint: string })[]>`select * from orders where idempotency_key = ${key}`,
    );
    if (!row) return undefined;
    if (row.fingerprint !== content) {
      throw new Problem(422, {
        detail: 'This Idempotency-Key was used for another order. Make a new key for a new order.',
      });
    }
    return asPlaced(toOrder(row));
  }
}

/** A number that could be one, and is none. */
export function notFound(orderNumber: string): Problem {
  return new Problem(404, { detail: `There is no order ${orderNumber}.` });
}

/**
 * The condition in plain words of SQL, not as parameters: a prepared plan without the values could not know that the
 * index of open orders has them all, and would read every order that was ever served.
 */
const withStatus = (sql: Sql, statuses: readonly Status[]) =>
  sql.unsafe(`status in (${statuses.map((status) => `'${status}'`).join(', ')})`);

/** postgres.js takes plain objects as JSON, and no interfaces. */
const toJson = (items: readonly OrderItem[]) => items.map((item) => ({ ...item }));

/** A deadline or an outage is wrapped into a problem on its way. */
function causeOf(error: unknown): unknown {
  return error instanceof Problem && error.options.cause instanceof Error ? error.options.cause.cause : error;
}
