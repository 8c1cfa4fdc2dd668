import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { must } from './journal.js';

/** An order, as the HTTP contract has it. */
export const order = z.object({
  id: z.number(),
  order_number: z.string().min(1),
  customer_name: z.string(),
  items: z
    .array(z.object({ id: z.number(), name: z.string(), price: z.number(), quantity: z.number() }))
    .min(1),
  total_price: z.number(),
  status: z.enum(['ordered', 'preparing', 'ready', 'served', 'cancelled']),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type Order = z.output<typeof order>;

/** A body for POST /api/orders whose total agrees with the menu: two espressos and a margherita. */
export function orderBody(customer: string): string {
  return JSON.stringify({
    customer_name: customer,
    items: [
      { id: 1, name: 'Espresso', price: 3.5, quantity: 2 },
      { id: 19, name: 'Margherita', price: 12.99, quantity: 1 },
    ],
    total_price: 19.99,
  });
}

/** Sends one request. @throws Error with method, path, status and body unless the answer has the status */
export async function expectStatus(url: string, status: number, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000), ...init });
  const body = await response.text();
  const path = new URL(url).pathname;
  must(
    response.status === status,
    `${init.method ?? 'GET'} ${path} answered ${response.status}, not ${status}: ${body}`,
  );
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(body) : body;
}

/** Places an order as a page does. */
export async function placeOrder(
  frontend: string,
  customer: string,
  key: string = randomUUID(),
): Promise<Order> {
  const body = await expectStatus(`${frontend}/api/orders`, 201, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: orderBody(customer),
  });
  return order.parse(body);
}

/** The order, as the staff see it: everybody, where there is no staff door. */
export async function readOrder(frontend: string, orderNumber: string): Promise<Order> {
  return order.parse(await expectStatus(`${frontend}/api/orders/${orderNumber}`, 200));
}

/**
 * A whole life: placed, seen in the kitchen, started, ready, on the display, served, gone from the boards.
 *
 * @throws Error that says which step answered what
 */
export async function liveAnOrder(frontend: string, customer: string): Promise<Order> {
  const placed = await placeOrder(frontend, customer);
  must(placed.status === 'ordered', `a new order is "${placed.status}", not "ordered"`);
  must(placed.total_price === 19.99, `the total is ${placed.total_price}, not 19.99`);
  const { order_number: number } = placed;
  const numbersOn = async (board: string): Promise<readonly string[]> =>
    z
      .array(order.pick({ order_number: true }))
      .parse(await expectStatus(`${frontend}/api/${board}/orders`, 200))
      .map((one) => one.order_number);
  const expectOn = async (board: string, there: boolean): Promise<void> => {
    must(
      (await numbersOn(board)).includes(number) === there,
      `${number} is ${there ? 'missing from' : 'still on'} the ${board}`,
    );
  };
  const step = async (name: string, status: Order['status']): Promise<void> => {
    await expectStatus(`${frontend}/api/kitchen/orders/${number}/${name}`, 200, { method: 'POST' });
    const now = await readOrder(frontend, number);
    must(now.status === status, `after "${name}" the order is "${now.status}", not "${status}"`);
  };

  await expectOn('kitchen', true);
  await expectOn('display', false);
  await step('start', 'preparing');
  await expectOn('display', true);
  await step('ready', 'ready');
  await expectOn('display', true);
  await step('serve', 'served');
  await expectOn('kitchen', false);
  await expectOn('display', false);
  return placed;
}
