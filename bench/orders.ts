import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../images/bundled-server.js';
import { CLIENTS, OrderLoad } from './order-load.js';
import { Program } from './program.js';
import { median } from './statistics.js';

const ROUNDS = 5;
const SECONDS = 6;

/** The same two rows in a transaction, as plain as can be. */
const SCRIPT = `\\set number random(1, 1000000000000)
begin;
insert into orders (order_number, customer_name, items, total_cents, idempotency_key, fingerprint)
  values ('p' || :client_id || '-' || :number, 'Ada', '[{"id":1,"name":"Espresso","price":3.5,"quantity":2},{"id":19,"name":"Margherita","price":12.99,"quantity":1}]', 1999, 'p' || :client_id || '-' || :number, md5(:number::text))
  returning id \\gset
insert into order_events (order_id, status, at, sequence) values (:id, 'ordered', now(), null);
commit;
`;

/** Orders a second at 32 clients that keep their connections: ours, PostgreSQL alone, and a bare Koa route. */
export async function measureOrders(server: PostgresFixture, folder: string): Promise<readonly string[]> {
  const script = join(folder, 'orders.sql');
  writeFileSync(script, SCRIPT);
  const guests = new OrderLoad(folder, SECONDS);
  const ours = await ProcessFixture.start(await bundledServer('order-service'), server.environment);
  await ours.readyz(200);
  const bare = await Program.start('bench/bare-koa.ts', server.environment);
  const rates = { ours: new Array<number>(), pgbench: new Array<number>(), bare: new Array<number>() };
  const latencies = { p50: new Array<number>(), p99: new Array<number>() };
  // The first round warms everything up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const own = guests.at(ours.url);
    const koa = guests.at(bare.url);
    const sql = pgbench(script, server);
    if (own.refused + koa.refused > 0)
      throw new Error(
        `orders were refused: ${own.refused} by order-service, ${koa.refused} by the bare route`,
      );
    if (round === 0) continue;
    rates.ours.push(own.perSecond);
    rates.bare.push(koa.perSecond);
    rates.pgbench.push(sql);
    latencies.p50.push(own.p50);
    latencies.p99.push(own.p99);
  }
  ours.signal('SIGKILL');
  await Promise.all([ours.exited, bare.end()]);
  const against = (other: readonly number[]): string => (median(rates.ours) / median(other)).toFixed(2);
  return [
    `| orders accepted per second, against pgbench inserting the same two rows (${median(rates.ours).toFixed(0)} to ${median(rates.pgbench).toFixed(0)}) | **${against(rates.pgbench)}** | at least 0.8 |`,
    `| the same, against a bare Koa route with one insert (${median(rates.ours).toFixed(0)} to ${median(rates.bare).toFixed(0)}) | **${against(rates.bare)}** | at least 0.8 |`,
    `| p99 of an order's answer at that load (p50 ${median(latencies.p50).toFixed(1)} ms) | **${median(latencies.p99).toFixed(1)} ms** | below 50 ms |`,
  ];
}

function pgbench(script: string, server: PostgresFixture): number {
  const { DB_HOST, DB_PORT, DB_USER, DB_NAME, DB_PASSWORD } = server.environment;
  const { stdout, stderr } = spawnSync(
    pgbenchPath(),
    ['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(SECONDS), '-f', script].concat([
      '-h',
      DB_HOST,
      '-p',
      DB_PORT,
      '-U',
      DB_USER,
      DB_NAME,
    ]),
    { encoding: 'utf8', env: { ...process.env, PGPASSWORD: DB_PASSWORD } },
  );
  const rate = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (rate === undefined) throw new Error(`pgbench failed:\n${stdout}${stderr}`);
  return Number(rate);
}

/** Debian keeps it beside each major version's server, outside the PATH. */
function pgbenchPath(): string {
  const debian = '/usr/lib/postgresql';
  if (spawnSync('pgbench', ['--version']).status === 0) return 'pgbench';
  const newest = folders(debian).sort((left, right) => Number(right) - Number(left))[0];
  if (newest !== undefined) return join(debian, newest, 'bin', 'pgbench');
  throw new Error('pgbench is not installed. On Debian: apt-get install postgresql-15 (or a later one).');
}

function folders(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
