import { Load } from './load.js';
import { setTimeout as pause } from 'node:timers/promises';
const load = new Load(process.argv[2] ?? '');
await pause(Number(process.argv[3] ?? 10) * 1000);
const r = await load.end();
const by = (k: string) => r.requests.filter((x) => x.kind === k);
for (const k of ['page', 'order', 'follow', 'step', 'board', 'stream']) {
  const l = by(k)
    .map((x) => x.milliseconds)
    .sort((a, b) => a - b);
  console.log(
    k,
    l.length,
    'p50',
    l[l.length >> 1],
    'p99',
    l[Math.floor(l.length * 0.99)],
    'max',
    l.at(-1),
    'failed',
    by(k).filter((x) => x.failure).length,
  );
}
console.log(
  'clicks',
  r.clicks.length,
  'failed',
  r.clicks.filter((c) => c.failure).length,
  'retried',
  r.clicks.filter((c) => c.attempts > 1).length,
  'acked',
  r.acknowledgements.length,
  'served',
  [...r.steps.values()].filter((x) => x === 'served').length,
);
console.log(
  r.requests.filter((x) => x.failure).slice(0, 5),
  r.clicks.filter((c) => c.failure).slice(0, 3),
  r.streamFaults.slice(0, 5),
  r.staleBoards,
);
