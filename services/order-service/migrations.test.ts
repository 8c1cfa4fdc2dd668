import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Sql } from 'postgres';
import { bundledServer } from '../../images/bundled-server.js';
import { createLog } from '@cafe-lumiere/runtime';
import { Database, migrate } from '@cafe-lumiere/runtime/database';
import { PostgresFixture, ProcessFixture } from '@cafe-lumiere/runtime/testing';
import {
  migrateAsReleased,
  type ReleasedMigration,
  releasedMigrations,
} from './released-migrations-fixture.js';

/** What release 1.0.0 has applied to a café's database, as its table remembers it. */
const RELEASED = [
  { name: '0001_orders.sql', checksum: 'c7cc6ef5484e459077f439fcfacf59cb3de2c88a0cad66ba2009fbed2a5c8a1a' },
  {
    name: '0002_order_events.sql',
    checksum: '9ef4d380332e2731d189a9d02b954685078a57e5b8170536e7b9946ad6d50d8b',
  },
];
const LOG = createLog('test', '1', 'silent');

describe('a café whose release knew of no owners', () => {
  let server: PostgresFixture;
  let points: string;
  /** Those of this version, and those of them that the release has. */
  let all: readonly ReleasedMigration[];
  let released: readonly ReleasedMigration[];
  let sql: Sql;
  const pods = new Set<ProcessFixture>();
  beforeAll(async () => {
    server = await PostgresFixture.start();
    points = await mkdtemp(join(tmpdir(), 'points-'));
    await writeFile(join(points, '0001_points.sql'), 'create table points (id int);');
    all = await releasedMigrations(new URL('./migrations/', import.meta.url));
    released = all.filter(({ name }) => RELEASED.some((each) => each.name === name));
  });
  beforeEach(async () => {
    sql = server.client();
    await sql`drop owned by current_user`;
  });
  afterEach(async () => {
    // Those that never became ready: whoever waits for them ends with them.
    for (const pod of pods) pod.signal('SIGKILL');
    await sql.end();
  });
  afterAll(async () => {
    await rm(points, { recursive: true });
    await server.remove();
  });

  const history = async (table: string) => [
    ...(await sql<
      { name: string; checksum: string }[]
    >`select name, checksum from ${sql(table)} order by name`),
  ];
  const asReleased = async (files = released): Promise<readonly string[]> => {
    const pod = server.client();
    try {
      return await migrateAsReleased(pod, files);
    } finally {
      await pod.end();
    }
  };
  /** A real process of order-service as it is now, until it is ready. */
  const orderService = async (): Promise<void> => {
    const pod = await ProcessFixture.start(await bundledServer('order-service'), server.environment);
    pods.add(pod);
    await pod.readyz(200);
    pod.signal('SIGKILL');
    await pod.exited;
    pods.delete(pod);
  };
  /** Another service with tables of its own in the same database. */
  const pointsService = async (): Promise<void> => {
    const settings = { ...server.access, poolMax: 2, queryTimeoutMs: 1500, applicationName: 'points' };
    const database = new Database(settings, LOG);
    const owned = { owner: 'points-service', folder: pathToFileURL(`${points}/`) };
    await migrate(database, owned, LOG, new AbortController().signal);
    await database.close();
  };

  test('the files that it has applied are the same', () => {
    expect(released.map(({ name, checksum }) => ({ name, checksum }))).toEqual(RELEASED);
  });

  test('is taken over without a gap, also when all pods of two services start at once', async () => {
    await asReleased();
    await sql`insert into orders (order_number, customer_name, items, total_cents) values ('AAAAAA', 'Ada', '[]', 1)`;
    await Promise.all([
      ...[orderService(), orderService(), asReleased()],
      ...[pointsService(), pointsService(), pointsService()],
    ]);
    const applied = await history('schema_migrations');
    expect(applied.slice(0, RELEASED.length)).toEqual(RELEASED);
    expect(applied).toHaveLength(all.length);
    await expect(history('schema_migrations_points_service')).resolves.toHaveLength(1);
    const [row] = await sql`select count(*)::int from orders`;
    expect(row).toEqual({ count: 1 });
  });

  test('that begins with this version may be rolled back', async () => {
    await Promise.all([orderService(), pointsService()]);
    await expect(asReleased()).resolves.toEqual([]);
    await orderService();
  });

  test('an older pod starts beside newer ones that have applied more, and what it applies is known to them', async () => {
    // With all files of this version, and remembered as every version does.
    await expect(asReleased(all)).resolves.toHaveLength(all.length);
    await Promise.all([orderService(), pointsService(), asReleased()]);
    await expect(history('schema_migrations')).resolves.toHaveLength(all.length);
  });
});
