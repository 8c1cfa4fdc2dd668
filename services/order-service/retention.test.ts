import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Database } from '@cafe-lumiere/runtime/database';
import { createLog } from '@cafe-lumiere/runtime';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { orderServer } from './order-service.js';
import { Retention } from './retention.js';

describe('what is old', () => {
  let server: PostgresFixture;
  let service: ServiceFixture;
  beforeAll(async () => {
    server = await PostgresFixture.start();
    service = await ServiceFixture.start(orderServer, server.environment);
    await service.readyz(200);
  });
  afterAll(async () => {
    await service.drain();
    await server.remove();
  });

  test('is deleted: orders after their days, however they ended, events that nobody can come back for, and guesses', async () => {
    const sql = server.client();
    await sql`
      insert into orders (order_number, customer_name, items, total_cents, status, updated_at)
      select status || days || '-' || number, 'Ada', '[]', 1, status, now() - make_interval(days => days)
      from unnest(array['served', 'ready', 'cancelled']) as status, unnest(array[89, 91]) as days, generate_series(1, 1500) as number`;
    await sql`
      insert into order_events (order_id, status, at, sequence)
      select number, 'ordered', now() - interval '2 days', number from generate_series(1, 3000) as number`;
    await sql`
      insert into wrong_guesses
      select minutes || '-' || number, 9, now() - make_interval(mins => minutes)
      from unnest(array[59, 61]) as minutes, generate_series(1, 1500) as number`;
    const database = new Database(
      { ...server.access, poolMax: 2, queryTimeoutMs: 1500, applicationName: 'retention' },
      createLog('retention', '1', 'silent'),
    );
    const retention = new Retention(database, { orderDays: 90 }, createLog('retention', '1', 'silent'));
    await Promise.all([retention.clean(), retention.clean()]);
    const kept = await sql`
      select status, (now()::date - updated_at::date) as days, count(*)::int from orders group by 1, 2 order by 1, 2`;
    expect([...kept]).toEqual([
      { status: 'cancelled', days: 89, count: 1500 },
      { status: 'ready', days: 89, count: 1500 },
      { status: 'served', days: 89, count: 1500 },
    ]);
    const events = await sql`select count(*)::int, max(sequence)::int from order_events`;
    expect([...events]).toEqual([{ count: 1000, max: 3000 }]);
    const guesses =
      await sql`select split_part(client, '-', 1) as minutes, count(*)::int from wrong_guesses group by 1`;
    expect([...guesses]).toEqual([{ minutes: '59', count: 1500 }]);
    await database.close();
    await sql.end();
  });
});
