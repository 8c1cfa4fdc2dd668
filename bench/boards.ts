import type { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../images/bundled-server.js';
import { median } from './statistics.js';

const SERVED = 1_000_000;
const OPEN = 200;
const REQUESTS = 400;

/** The time of GET /kitchen/orders with a million served orders, against its time without any. */
export async function measureBoards(server: PostgresFixture): Promise<readonly string[]> {
  const orders = await ProcessFixture.start(await bundledServer('order-service'), server.environment);
  await orders.readyz(200);
  const kitchen = await ProcessFixture.start(await bundledServer('kitchen-service'), {
    ORDER_SERVICE_URL: orders.url,
  });
  await kitchen.readyz(200);
  const sql = server.client();
  const fill = (count: number, status: string, prefix: string) => sql`
    insert into orders (order_number, customer_name, items, total_cents, status)
    select ${prefix} || number, 'Ada', '[{"id":1,"name":"Espresso","price":3.5,"quantity":2}]', 700, ${status}
    from generate_series(1, ${count}::int) as number`;
  await sql`truncate orders cascade`;
  await fill(OPEN, 'ordered', 'o');
  await sql`analyze orders`;
  const empty = await time(`${kitchen.url}/kitchen/orders`);
  await fill(SERVED, 'served', 's');
  await sql`analyze orders`;
  const full = await time(`${kitchen.url}/kitchen/orders`);
  await sql`truncate orders cascade`;
  await sql.end();
  for (const process of [kitchen, orders]) {
    process.signal('SIGKILL');
    await process.exited;
  }
  return [
    `| GET /kitchen/orders with ${OPEN} open and a million served orders, against ${OPEN} open and none served (${full.toFixed(1)} ms to ${empty.toFixed(1)} ms) | **${(full / empty).toFixed(2)}** | at most 1.5 |`,
  ];
}

async function time(url: string): Promise<number> {
  const milliseconds: number[] = [];
  for (let count = 0; count < REQUESTS; count += 1) {
    const started = performance.now();
    const response = await fetch(url);
    const body: unknown = await response.json();
    milliseconds.push(performance.now() - started);
    if (!Array.isArray(body) || body.length !== OPEN) throw new Error(`${url} did not answer ${OPEN} orders`);
  }
  return median(milliseconds.slice(REQUESTS / 4));
}
