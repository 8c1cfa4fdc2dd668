import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { measureBoards } from './boards.js';
import { measureEvents } from './events.js';
import { measureOrders } from './orders.js';
import { measureOutages } from './outages.js';
import { writeSection } from './section.js';
import { measureTraces } from './traces.js';

const HELP = `Measures the order path, and writes the results into docs/benchmarks.md.

  node --import tsx bench/run.ts [--minutes N] [orders|traces|boards|events|outages …]

  --minutes N   how long events are measured (default 1)
  names         only these, and only printed`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '1' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'cafe-bench-'));
// With fsync: a benchmark that does not write to the disk measures something else.
const server = await PostgresFixture.start({ fsync: true });
const measurements = {
  orders: () => measureOrders(server, folder),
  traces: () => measureTraces(server, folder),
  boards: () => measureBoards(server),
  events: () => measureEvents(server, Number(values.minutes)),
  outages: () => measureOutages(server),
};

const rows: string[] = [];
try {
  for (const [name, measure] of Object.entries(measurements)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    console.error(`${name} …`);
    const found = await measure();
    for (const row of found) console.log(row);
    rows.push(...found);
  }
} finally {
  await server.remove();
  rmSync(folder, { recursive: true, force: true });
}

if (positionals.length === 0) {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}`;
  const table = ['| what | measured | aim |', '| --- | --- | --- |', ...rows].join('\n');
  writeSection('docs/benchmarks.md', 'results', `On ${machine}:\n\n${table}`);
}
