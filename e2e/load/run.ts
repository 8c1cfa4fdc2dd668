import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { frontendAddress } from '../frontend-address.js';
import { Load } from './load.js';

const HELP = `Fills the café with guests, cooks and screens for a while, and says what they saw.

  make load [LOAD_SECONDS=30]
  node --import tsx e2e/load/run.ts [--url http://…] [--seconds 30] [--guests 10]

  --url      of the frontend  (default: that of the café in the cluster of KUBECONFIG)
  --guests   who order, a second

The orders stay: their customers' names begin with "load-".`;

const { values: options } = parseArgs({
  options: {
    url: { type: 'string' },
    seconds: { type: 'string', default: '30' },
    guests: { type: 'string', default: '10' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const [seconds, guestsPerSecond] = [Number(options.seconds), Number(options.guests)];
if (!(seconds > 0 && guestsPerSecond > 0)) {
  console.error(`--seconds is ${options.seconds} and --guests ${options.guests}; both are numbers above 0.`);
  process.exit(2);
}

const frontend = options.url === undefined ? await frontendAddress() : undefined;
const url = (options.url ?? frontend?.url ?? '').replace(/\/$/, '');
console.log(`${guestsPerSecond} guests a second at ${url} for ${seconds} s; Ctrl-C ends it earlier`);
const load = new Load({ origin: url }, { guestsPerSecond });
const ended = new AbortController();
process.once('SIGINT', () => {
  ended.abort();
});
await pause(seconds * 1000, undefined, { signal: ended.signal }).catch(() => undefined);
const { requests, clicks, acknowledgements, streamFaults } = await load.end();
frontend?.close();

const line = (name: string, times: readonly number[], failures: readonly string[]): void => {
  const sorted = [...times].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  console.log(
    `${name.padEnd(16)} ${String(sorted.length).padStart(7)} ${String(failures.length).padStart(7)} ${String(at(0.5)).padStart(7)} ${String(at(0.99)).padStart(7)} ${String(sorted.at(-1) ?? 0).padStart(7)}`,
  );
};
const failuresOf = (all: readonly { readonly failure?: string }[]): readonly string[] =>
  all.flatMap(({ failure }) => (failure === undefined ? [] : [failure]));
console.log('\n                   count  failed     p50     p99   worst   (ms)');
for (const kind of ['page', 'order', 'follow', 'step', 'board'] as const) {
  const all = requests.filter((request) => request.kind === kind);
  line(
    `requests: ${kind}`,
    all.map(({ milliseconds }) => milliseconds),
    failuresOf(all),
  );
}
line(
  'clicks',
  clicks.map(({ milliseconds }) => milliseconds),
  failuresOf(clicks),
);
const failures = [...failuresOf(clicks), ...failuresOf(requests), ...streamFaults];
console.log(`\n${acknowledgements.length} orders`);
for (const failure of failures.slice(0, 10)) console.log(`  ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
