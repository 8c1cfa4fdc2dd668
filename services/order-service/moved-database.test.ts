import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NetworkFixture, PostgresFixture, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { order as orderSchema } from './order.js';
import { orderServer } from './order-service.js';
import { migrateAsReleased, releasedMigrations } from './released-migrations-fixture.js';

const TABLES = ['orders', 'order_events'];

let former: PostgresFixture;
let next: PostgresFixture;
let network: NetworkFixture;
let service: ServiceFixture;
beforeAll(async () => {
  [former, next] = await Promise.all([PostgresFixture.start(), PostgresFixture.start()]);
  network = await NetworkFixture.to(former.port);
  service = await ServiceFixture.start(orderServer, {
    ...former.environment,
    DB_PORT: String(network.port),
  });
  await service.readyz(200);
});
afterAll(async () => {
  await service.drain();
  network.close();
  await Promise.all([former.remove(), next.remove()]);
});

/** Takes no change any more, and ends the sessions that could still make one. */
async function closeForWrites(): Promise<void> {
  const { database, user } = former.access;
  await former.execute(`alter database ${database} set default_transaction_read_only = on`);
  await former.execute(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${user}' and datname = '${database}'`,
  );
}

/** The schema, the rows and the place of the sequence, as a dump has them. */
async function copy(): Promise<void> {
  const [from, to] = [former.client(), next.client()];
  try {
    await migrateAsReleased(to, await releasedMigrations(new URL('./migrations/', import.meta.url)));
    for (const table of TABLES) {
      const [row] = await from`select coalesce(json_agg(t), '[]')::text as rows from ${from(table)} as t`;
      await to`insert into ${to(table)} overriding system value
        select * from json_populate_recordset(null::${to(table)}, ${String(row?.['rows'])}::text::json)`;
      await to`select setval(pg_get_serial_sequence(${table}, 'id'), (select max(id) from ${to(table)}))`;
    }
    const [sequence] = await from`select last_value::int as last from order_event_sequence`;
    await to`select setval('order_event_sequence', ${Number(sequence?.['last'])})`;
  } finally {
    await Promise.all([from.end(), to.end()]);
  }
}

test('a database that is moved to another server under guests: no order is lost, doubled or refused for good', async () => {
  const keys = new Map<string, string>();
  const strange = new Set<number>();
  const leaving = new AbortController();
  const guest = async (name: number): Promise<void> => {
    for (let turn = 0; !leaving.signal.aborted; turn += 1) {
      const key = `guest-${name}-order-${turn}`;
      const headers = { 'idempotency-key': key };
      const body = { customer_name: `Guest ${name}`, items: [{ id: 1, quantity: 1 }] };
      while (!keys.has(key)) {
        const answer = await service.send('POST', '/orders', { body, headers });
        if (answer.status === 201) keys.set(key, orderSchema.parse(answer.body).order_number);
        else if (answer.status !== 503) strange.add(answer.status);
      }
      await pause(5);
    }
  };
  const guests = [0, 1, 2, 3].map(guest);
  await pause(500);
  await closeForWrites();
  const before = former.client();
  const [left] = await before`select count(*)::int from orders`;
  await copy();
  network.target = next.port;
  const moved = keys.size;
  while (keys.size < moved + 40) await pause(20);
  leaving.abort();
  await Promise.all(guests);

  expect([...strange]).toEqual([]);
  // The former one was never written again.
  await expect(before`select count(*)::int from orders`).resolves.toEqual([left]);
  await before.end();
  const after = next.client();
  const rows = await after`select idempotency_key as key, order_number from orders order by 1`;
  await after.end();
  const stored = rows.map(({ key, order_number: number }) => [String(key), String(number)]);
  expect(stored).toEqual([...keys].sort(([one], [other]) => (one < other ? -1 : 1)));
});
