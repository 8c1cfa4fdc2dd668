import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Pool } from 'undici';
import type { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../images/bundled-server.js';
import { Program } from './program.js';
import { median, percentile } from './statistics.js';

const CLIENTS = 32;
const ROUNDS = 5;
const SECONDS = 6;

const BODY = JSON.stringify({
  customer_name: 'Ada',
  items: [
    { id: 1, name: 'Espresso', price: 3.5, quantity: 2 },
    { id: 19, name: 'Margherita', price: 12.99, quantity: 1 },
  ],
  total_price: 19.99,
});

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
  const ours = await ProcessFixture.start(await bundledServer('order-service'), server.environment);
  await ours.readyz(200);
  const bare = await Program.start('bench/bare-koa.ts', join(folder, 'bare.mjs'), server.environment);
  const rates = { ours: new Array<number>(), pgbench: new Array<number>(), bare: new Array<number>() };
  const latencies: number[] = [];
  // The first round warms everything up and is not counted.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const own = await load(ours.url, () => ({ 'idempotency-key': randomUUID() }));
    const koa = await load(bare.url, () => ({}));
    const sql = pgbench(script, server);
    if (round === 0) continue;
    rates.ours.push(own.perSecond);
    rates.bare.push(koa.perSecond);
    rates.pgbench.push(sql);
    latencies.push(...own.milliseconds);
  }
  ours.signal('SIGKILL');
  await Promise.all([ours.exited, bare.end()]);
  const against = (other: readonly number[]): string => (median(rates.ours) / median(other)).toFixed(2);
  return [
    `| orders accepted per second, against pgbench inserting the same two rows (${median(rates.ours).toFixed(0)} to ${median(rates.pgbench).toFixed(0)}) | **${against(rates.pgbench)}** | at least 0.5 |`,
    `| the same, against a bare Koa route with one insert (${median(rates.ours).toFixed(0)} to ${median(rates.bare).toFixed(0)}) | **${against(rates.bare)}** | at least 0.8 |`,
    `| p99 of an order's answer at that load (p50 ${percentile(latencies, 50).toFixed(1)} ms) | **${percentile(latencies, 99).toFixed(1)} ms** | below 50 ms |`,
  ];
}

async function load(url: string, headers: () => Record<string, string>) {
  const pool = new Pool(url, { connections: CLIENTS });
  const milliseconds: number[] = [];
  const end = performance.now() + SECONDS * 1000;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const started = performance.now();
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/orders',
        headers: { 'content-type': 'application/json', ...headers() },
        body: BODY,
      });
      const text = await body.text();
      if (statusCode !== 201) throw new Error(`${url} answered ${statusCode}: ${text}`);
      milliseconds.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await pool.close();
  return { perSecond: milliseconds.length / SECONDS, milliseconds };
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
