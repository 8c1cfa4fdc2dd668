import type { TransactionSql } from 'postgres';
import { z } from 'zod';
import type { Database } from '../runtime/database.js';
import { databaseErrorCode } from '../runtime/database-error.js';
import { Problem } from '../runtime/problem.js';
import { drawOrderNumber } from './order-number.js';
import { fingerprint, type PricedOrder } from './order-request.js';
import { order, type Order, type OrderItem, type Status, STATUSES, toOrders } from './order.js';

/** Which orders to list. */
export interface OrderFilter {
  /** Only these. @default - all */
  readonly statuses?: readonly Status[];
  /** At most so many, the newest. */
  readonly limit: number;
}

/** How many orders have which status. */
export type OrderCounts = Readonly<Record<Status, number>>;

/** Waiting for the first request of a key; a doubled click is over by then. */
const KEY_WAIT = '1s';
/** Two equal draws of 32⁶ are rare; five in a row do not happen. */
const DRAWS = 5;

const keyRow = z.object({ fingerprint: z.string(), answer: z.string() });

/** The orders in the database. Every change is one transaction. */
export class OrderBook {
  constructor(private readonly database: Database) {}

  /**
   * Stores an order. With a key, at most once: the same key and content give the first answer again.
   *
   * @throws Problem 422 when the key was used for another order, 409 while the first request with the key is not over
   */
  async place(order: PricedOrder, key?: string): Promise<Order> {
    try {
      return await this.database.transaction(async (sql) => {
        if (key === undefined) return insert(sql, order);
        await sql`set local lock_timeout = ${sql.unsafe(`'${KEY_WAIT}'`)}`;
        // Waits for another transaction that holds the key, and then sees what it stored.
        const content = fingerprint(order);
        const claimed = await sql`
          insert into idempotency_keys (key, fingerprint) values (${key}, ${content})
          on conflict (key) do nothing returning key`;
        if (claimed.length === 0) return repeated(sql, key, content);
        const placed = await insert(sql, order);
        await sql`update idempotency_keys set answer = ${JSON.stringify(placed)} where key = ${key}`;
        return placed;
      });
    } catch (error) {
      // lock_not_available
      if (databaseErrorCode(causeOf(error)) === '55P03') {
        throw new Problem(409, {
          detail:
            'The first request with this Idempotency-Key is not over. Send the same request again in a moment.',
          headers: { 'Retry-After': '1' },
        });
      }
      throw error;
    }
  }

  /** The order with this number. @throws Problem 404 */
  async find(orderNumber: string): Promise<Order> {
    const rows = await this.database.run(
      (sql) => sql`select * from orders where order_number = ${orderNumber}`,
    );
    const [order] = toOrders(rows);
    if (order) return order;
    throw notFound(orderNumber);
  }

  /** Orders, the newest first. */
  async list({ statuses, limit }: OrderFilter): Promise<readonly Order[]> {
    const rows = await this.database.run(
      (sql) => sql`
        select * from orders
        ${statuses ? sql`where status in ${sql([...statuses])}` : sql``}
        order by id desc limit ${limit}`,
    );
    return toOrders(rows);
  }

  /** How many orders have which status. */
  async count(): Promise<OrderCounts> {
    const rows = await this.database.run(
      (sql) => sql`select status, count(*)::int as count from orders group by status`,
    );
    const found = z.array(z.object({ status: z.enum(STATUSES), count: z.number() })).parse([...rows]);
    const of = (status: Status): number => found.find((row) => row.status === status)?.count ?? 0;
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
        (sql) => sql`
          update orders set status = ${status}, updated_at = now()
          where order_number = ${orderNumber} and status = ${before}
          returning *`,
      );
      const [changed] = toOrders(rows);
      if (changed) return changed;
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
}

/** A number that could be one, and is none. */
export function notFound(orderNumber: string): Problem {
  return new Problem(404, { detail: `There is no order ${orderNumber}.` });
}

async function insert(sql: TransactionSql, { customerName, items, totalCents }: PricedOrder): Promise<Order> {
  for (let draw = 1; draw <= DRAWS; draw += 1) {
    const rows = await sql`
      insert into orders (order_number, customer_name, items, total_cents)
      values (${drawOrderNumber()}, ${customerName}, ${sql.json(toJson(items))}, ${totalCents})
      on conflict (order_number) do nothing
      returning *`;
    const [order] = toOrders(rows);
    if (order) return order;
  }
  throw new Error(`${DRAWS} order numbers in a row were taken`);
}

async function repeated(sql: TransactionSql, key: string, content: string): Promise<Order> {
  const [row] = await sql`select fingerprint, answer from idempotency_keys where key = ${key}`;
  const first = keyRow.parse(row);
  if (first.fingerprint !== content) {
    throw new Problem(422, {
      detail: 'This Idempotency-Key was used for another order. Make a new key for a new order.',
    });
  }
  return order.parse(JSON.parse(first.answer));
}

/** postgres.js takes plain objects as JSON, and no interfaces. */
const toJson = (items: readonly OrderItem[]) => items.map((item) => ({ ...item }));

/** A deadline or an outage is wrapped into a problem on its way. */
function causeOf(error: unknown): unknown {
  return error instanceof Problem && error.options.cause instanceof Error ? error.options.cause.cause : error;
}
