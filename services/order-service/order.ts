import { z } from 'zod';
import { toEuro } from '../menu/menu.js';

/** The life of an order, in its order. A status moves one step forward, never back. */
export const LIFE = ['ordered', 'preparing', 'ready', 'served'] as const;

/** Those, and the other end: an order that nobody has begun can be cancelled. */
export const STATUSES = [...LIFE, 'cancelled'] as const;
export type Status = (typeof STATUSES)[number];

/** The one status that each is reached from. */
export const PRECEDING: Readonly<Record<Status, Status | undefined>> = {
  ordered: undefined,
  preparing: 'ordered',
  ready: 'preparing',
  served: 'ready',
  cancelled: 'ordered',
};

/** One line of an order. The price is that of one piece, in euro. */
const item = z
  .object({ id: z.number(), name: z.string(), price: z.number(), quantity: z.number() })
  .readonly();
export type OrderItem = z.output<typeof item>;

/** An order as every client sees it: prices in euro, times in ISO 8601. */
export const order = z
  .object({
    id: z.number(),
    order_number: z.string(),
    customer_name: z.string(),
    items: z.array(item).readonly(),
    total_price: z.number(),
    status: z.enum(STATUSES),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .readonly();
export type Order = z.output<typeof order>;

/** How many orders have which status. */
export const orderCounts = z.object({
  ordered: z.number(),
  preparing: z.number(),
  ready: z.number(),
  served: z.number().meta({ description: 'Ever served; follows a few milliseconds after the change' }),
  // Not said by a pod of an older version.
  cancelled: z.number().default(0).meta({ description: 'Cancelled, of those that are kept' }),
});
export type OrderCounts = Readonly<z.output<typeof orderCounts>>;

/**
 * A row of the table, as postgres.js gives it: bigint as a string, timestamps as dates. The migrations say what it holds,
 * and their checksums that it does, so it is not checked again for each row.
 */
export interface OrderRow {
  readonly id: string;
  readonly order_number: string;
  /** No part of the order as clients see it. Null in rows from before there were tokens. */
  readonly token: string | null;
  readonly customer_name: string;
  readonly items: readonly OrderItem[];
  readonly total_cents: number;
  readonly status: Status;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The order in a row. */
export function toOrder(row: Omit<OrderRow, 'token'>): Order {
  return {
    id: Number(row.id),
    order_number: row.order_number,
    customer_name: row.customer_name,
    items: row.items,
    total_price: toEuro(row.total_cents),
    status: row.status,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** The order as it was when it was placed: what the first request was answered, whatever has happened since. */
export function asPlaced(order: Order): Order {
  return { ...order, status: STATUSES[0], updated_at: order.created_at };
}
