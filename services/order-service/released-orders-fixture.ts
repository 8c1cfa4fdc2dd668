import type { Sql } from 'postgres';

// What pods of release 1.0.0 say to the database, copied from it: statement by statement, without its batches, its
// deadlines and its HTTP. They run beside newer pods during a rollout, and after a rollback. Not to be changed.

/** A row as release 1.0.0 reads it: status is text to it, and columns that it does not know are passed over. */
export interface ReleasedRow {
  readonly id: string;
  readonly order_number: string;
  readonly customer_name: string;
  readonly status: string;
  readonly fingerprint: string | null;
}

/** An order on its way into the database. */
export interface ReleasedOrder {
  readonly order_number: string;
  readonly customer_name: string;
  readonly items: readonly {
    readonly id: number;
    readonly name: string;
    readonly price: number;
    readonly quantity: number;
  }[];
  readonly total_cents: number;
  readonly idempotency_key: string;
  readonly fingerprint: string;
}

/** An order-service of release 1.0.0, over connections that stay open while newer pods change the schema. */
export class ReleasedOrders {
  constructor(private readonly sql: Sql) {}

  /** @returns the numbers of those that are stored: not of one whose key is there */
  async place(orders: readonly ReleasedOrder[]): Promise<readonly string[]> {
    const rows = orders.map((order) => ({ ...order, items: order.items.map((item) => ({ ...item })) }));
    const stored = await this.sql<{ order_number: string }[]>`
      with patience as materialized (
        select set_config('lock_timeout', coalesce(${null}, current_setting('lock_timeout')), true)
      ), placed as (
        insert into orders (order_number, customer_name, items, total_cents, idempotency_key, fingerprint)
        select order_number, customer_name, items, total_cents, idempotency_key, fingerprint
        from patience, jsonb_to_recordset(${this.sql.json(rows)}) as row (
          order_number text, customer_name text, items jsonb, total_cents integer, idempotency_key text,
          fingerprint text)
        on conflict (idempotency_key) where idempotency_key is not null do nothing
        returning id, order_number, status, created_at
      ), event as (
        insert into order_events (order_id, status, at) select id, status, created_at from placed
      )
      select id, order_number, created_at from placed`;
    return stored.map(({ order_number }) => order_number);
  }

  async find(orderNumber: string): Promise<ReleasedRow | undefined> {
    const [row] = await this.sql<ReleasedRow[]>`select * from orders where order_number = ${orderNumber}`;
    return row;
  }

  async placedBefore(key: string): Promise<ReleasedRow | undefined> {
    const [row] = await this.sql<ReleasedRow[]>`select * from orders where idempotency_key = ${key}`;
    return row;
  }

  /** What the kitchen's board shows. */
  async open(): Promise<readonly ReleasedRow[]> {
    return this.sql<ReleasedRow[]>`
      select * from orders
      where status in ('ordered', 'preparing', 'ready')
        and true
      order by id desc limit ${1000}`;
  }

  async count(): Promise<Readonly<Record<string, number>>> {
    const rows = await this.sql<{ status: string; count: number }[]>`
      select status, count(*)::int as count from orders where status <> 'served' group by status
      union all select 'served', count::int from served_orders`;
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  /** @returns the order as it is now; nothing when it was not in the status before */
  async advance(orderNumber: string, before: string, status: string): Promise<ReleasedRow | undefined> {
    const [changed] = await this.sql<ReleasedRow[]>`
      with changed as (
        update orders set status = ${status}, updated_at = now()
        where order_number = ${orderNumber} and status = ${before}
        returning *
      ), event as (
        insert into order_events (order_id, status, at) select id, status, updated_at from changed
      )
      select * from changed`;
    return changed;
  }

  async publish(): Promise<void> {
    await this.sql`select publish_order_events()`;
  }

  /** The stream: each order with the status that it had then. */
  async eventsAfter(sequence: number): Promise<readonly { order_number: string; event_status: string }[]> {
    return this.sql<{ order_number: string; event_status: string }[]>`
      select orders.*, event.sequence, event.status as event_status, event.at
      from order_events as event join orders on orders.id = event.order_id
      where event.sequence > ${sequence} and event.sequence <= ${sequence + 1000}
      order by event.sequence limit ${1000}`;
  }

  async deleteOlderThan(days: number): Promise<number> {
    const { count } = await this.sql`
      delete from orders where id in (
        select id from orders
        where status = 'served' and updated_at < now() - make_interval(days => ${days})
        order by updated_at limit ${1000} for update skip locked)`;
    return count;
  }
}
