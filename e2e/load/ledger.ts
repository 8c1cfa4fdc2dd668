import { z } from 'zod';
import type { Records } from './records.js';

const storedOrder = z.object({
  customer: z.string(),
  number: z.string(),
  status: z.string(),
  history: z.array(z.string()),
});
/** An order as it stands in the database, with its history in the order in which it was written. */
export type StoredOrder = z.output<typeof storedOrder>;

/** What the ledger is compared with. */
export const stored = z.object({
  orders: z.array(storedOrder),
  /** The numbers of all events from a given one on. They have gaps: a crash of PostgreSQL skips up to 32. */
  events: z.array(z.number()),
});
export type Stored = z.output<typeof stored>;

/**
 * The statement that reads what the ledger is compared with: from the database itself, because a service that had lost
 * an order would not show it either.
 *
 * @param name - what the customers' names begin with
 */
export function storedStatement(name: string, { streamPassages }: Pick<Records, 'streamPassages'>): string {
  if (!/^[\w-]+$/.test(name)) throw new Error(`${name} is no name of a load`);
  const first = Math.min(Number.MAX_SAFE_INTEGER, ...streamPassages.map(({ after }) => after));
  return `select json_build_object(
    'orders', (select coalesce(json_agg(json_build_object('customer', customer_name, 'number', order_number, 'status', status,
        'history', (select coalesce(json_agg(status order by event.id), '[]') from order_events as event where event.order_id = orders.id))), '[]')
      from orders where customer_name like '${name}-%'),
    'events', (select coalesce(json_agg(sequence order by sequence), '[]') from order_events where sequence > ${first}))`;
}

export const balanceSchema = z.object({
  acknowledged: z.number(),
  /** Of those acknowledged. */
  found: z.number(),
  lost: z.array(z.string()),
  doubled: z.array(z.string()),
  illegalHistories: z.array(z.string()),
  /** Events that a stream left out. */
  missedEvents: z.array(z.string()),
});
/** What the comparison found. Each list is in words, and empty when all is well. */
export type Balance = Readonly<z.output<typeof balanceSchema>>;

const STATUSES = ['ordered', 'preparing', 'ready', 'served'];

/** Compares what guests and cooks were told with what is stored. */
export function balance(
  { acknowledgements, steps, streamPassages }: Pick<Records, 'acknowledgements' | 'steps' | 'streamPassages'>,
  { orders, events }: Stored,
): Balance {
  const byNumber = new Map(orders.map((order) => [order.number, order]));
  const perCustomer = new Map<string, string[]>();
  for (const { customer, number } of orders)
    perCustomer.set(customer, [...(perCustomer.get(customer) ?? []), number]);
  const lost = acknowledgements
    .filter(({ orderNumber, customer }) => byNumber.get(orderNumber)?.customer !== customer)
    .map(({ orderNumber, customer }) => `${orderNumber} of ${customer} was acknowledged and is not stored`);
  const doubled = [...perCustomer]
    .filter(([, numbers]) => numbers.length > 1)
    .map(([customer, numbers]) => `${customer} ordered once and has ${numbers.join(', ')}`);
  const illegalHistories = orders.flatMap(({ number, status, history }) => {
    const legal = STATUSES.slice(0, STATUSES.indexOf(status) + 1);
    const told = steps.get(number);
    if (history.join() !== legal.join()) return [`${number} is "${status}" after ${history.join(', ')}`];
    if (told !== undefined && !history.includes(told))
      return [`${number}: a cook was told "${told}", it is "${status}"`];
    return [];
  });
  const missedEvents = streamPassages.flatMap(({ after, seen }) => {
    const came = new Set(seen);
    const missed = events.filter((event) => event > after && event < (seen.at(-1) ?? 0) && !came.has(event));
    return missed.length === 0
      ? []
      : [`a stream that began after event ${after} left out ${missed.join(', ')}`];
  });
  return {
    missedEvents,
    acknowledged: acknowledgements.length,
    found: acknowledgements.length - lost.length,
    lost,
    doubled,
    illegalHistories,
  };
}
