import { Agent } from 'node:http';
import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { LogInLog } from '@cafe-lumiere/runtime/testing';
import { type Admission, CORES, OverloadCafe } from './overload-cafe.js';
import { type Answered, OverloadClient, type Visit, visit } from './overload-guest.js';
import { writeSection } from './section.js';
import { percentile } from './statistics.js';

// What becomes of the café when five times as many guests come as it can serve, with admission and without it, into docs/reliability.md.

const PEAK_SECONDS = 10;
const OVERLOAD_SECONDS = 20;
const AFTER_SECONDS = 10;
const FACTOR = 5;
/** Guests at a time, of whom each is followed by the next one. The crowd of which most are served makes the peak. */
const CROWDS = [4, 8, 16];
/** A step that takes longer is no good answer. */
const GOOD_MS = 1000;
const STAFF_PER_SECOND = 3;
const GUESTS_AFTER_PER_SECOND = 3;
/** When PostgreSQL crashes, after the beginning of the overload, and how long it is away. */
const CRASH_AFTER_SECONDS = 8;
const CRASH_SECONDS = 3;

interface Run {
  readonly admission: Admission;
  /** Whether guests come over kept connections, as a gateway makes them, or each over one of its own. */
  readonly way: 'gateway' | 'directly';
  readonly crash: boolean;
}

const RUNS: readonly Run[] = [
  { admission: 'without', way: 'gateway', crash: false },
  { admission: 'with', way: 'gateway', crash: false },
  { admission: 'without', way: 'gateway', crash: true },
  { admission: 'with', way: 'gateway', crash: true },
  { admission: 'without', way: 'directly', crash: false },
  { admission: 'with', way: 'directly', crash: false },
];

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
});
const { signal } = interrupted;

const isGood = ({ steps, orderNumber }: Visit): boolean =>
  orderNumber !== undefined &&
  steps.every(({ status, milliseconds }) => status < 300 && milliseconds <= GOOD_MS);

/** Guests that are served well a second, when each comes as one before has gone. */
async function served(crowd: number, guest: () => Promise<Visit>): Promise<number> {
  const end = performance.now() + PEAK_SECONDS * 1000;
  let good = 0;
  const guests = async (): Promise<void> => {
    while (performance.now() < end) {
      signal.throwIfAborted();
      if (isGood(await guest())) good += 1;
    }
  };
  await Promise.all(Array.from({ length: crowd }, guests));
  return good / PEAK_SECONDS;
}

/** As many as come: nobody waits for the answers of others. */
async function come<Result>(
  perSecond: number,
  seconds: number,
  one: () => Promise<Result>,
): Promise<Promise<Result>[]> {
  const all: Promise<Result>[] = [];
  const began = performance.now();
  while (performance.now() - began < seconds * 1000) {
    const due = ((performance.now() - began) / 1000) * perSecond;
    while (all.length < due) all.push(one());
    await pause(5, undefined, { signal });
  }
  return all;
}

const p99 = (answers: readonly Answered[]): string =>
  answers.length === 0
    ? 'none'
    : `${percentile(
        answers.map(({ milliseconds }) => milliseconds),
        99,
      ).toFixed(0)} ms`;

/** PostgreSQL is away for a while. @returns when it accepts connections again */
async function crash(cafe: OverloadCafe, log: LogInLog): Promise<number> {
  await pause(CRASH_AFTER_SECONDS * 1000);
  await cafe.postgres.stop('immediate');
  await pause(CRASH_SECONDS * 1000);
  const ready = log.ready();
  await cafe.postgres.startAgain();
  return ready;
}

async function measure({ admission, way, crash: crashes }: Run): Promise<string> {
  const log = new LogInLog();
  const cafe = await OverloadCafe.start(admission, log.read);
  const gateway = new Agent({ keepAlive: true, maxSockets: 512 });
  const staff = new OverloadClient(cafe.origin, gateway);
  /** Numbers of orders that nobody has begun, and when the last of them were taken. */
  const orders: { readonly number: string; readonly at: number }[] = [];
  const guest = async (): Promise<Visit> => {
    const visited = await visit(cafe.origin, way === 'gateway' ? gateway : undefined);
    const { orderNumber } = visited;
    if (orderNumber !== undefined) orders.push({ number: orderNumber, at: performance.now() });
    return visited;
  };
  const taken: number[] = [];
  const begin = (): Promise<Answered> => {
    const next = orders.shift();
    if (next) taken.push(next.at);
    return staff.send('POST', `/api/kitchen/orders/${next?.number ?? 'none'}/start`);
  };
  try {
    await log.begin(cafe.postgres);
    // Compiled code is what a service runs on all day but for its first seconds.
    await served(8, guest);
    let peak = 0;
    for (const crowd of CROWDS) peak = Math.max(peak, await served(crowd, guest));
    const back = crashes ? crash(cafe, log) : undefined;
    const [crowd, steps] = await Promise.all([
      come(peak * FACTOR, OVERLOAD_SECONDS, guest),
      come(STAFF_PER_SECOND, OVERLOAD_SECONDS, begin),
    ]);
    const gone = performance.now();
    const later = await Promise.all(await come(GUESTS_AFTER_PER_SECOND, AFTER_SECONDS, guest));
    const visits = await Promise.all(crowd);
    const answers = visits.flatMap((each) => each.steps);
    const done = (await Promise.all(steps)).filter(({ status }) => status === 200);
    const bad = later
      .filter((each) => !isGood(each))
      .map(({ steps: [first] }) => (first?.at ?? 0) - (first?.milliseconds ?? 0));
    const normal = Math.max(0, ...bad.map((at) => at - gone)) / 1000;
    const ready = await back;
    const first =
      ready === undefined
        ? undefined
        : Math.min(...[...taken, ...orders.map(({ at }) => at)].filter((at) => at > ready)) - ready;
    return `| ${[
      way,
      admission,
      `${peak.toFixed(0)} / s`,
      (visits.filter(isGood).length / OVERLOAD_SECONDS / peak).toFixed(2),
      p99(answers.filter(({ status }) => status >= 200 && status < 300)),
      p99(answers.filter(({ status }) => status === 503)),
      `${done.length} of ${steps.length}, ${p99(done)}`,
      bad.length === later.length ? `not in ${AFTER_SECONDS} s` : `${normal.toFixed(1)} s`,
      first === undefined ? '' : `${(first / 1000).toFixed(1)} s`,
      first === undefined ? '' : `${log.abandoned} of ${log.begun}`,
    ].join(' | ')} |`;
  } finally {
    gateway.destroy();
    await cafe.end();
  }
}

const rows = [
  '| guests come | admission | peak | of it, with five times as many guests | p99 of the accepted | p99 of the refused | staff | normal after | database crashes: first order after its return | log-ins given up |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];
try {
  console.log(`Each service has ${CORES} of a processor; the machine's load is ${loadavg()[0]?.toFixed(1)}.`);
  console.log(rows.join('\n'));
  for (const run of RUNS) {
    const row = await measure(run);
    console.log(row);
    rows.push(row);
  }
  writeSection('docs/reliability.md', 'overload', rows.join('\n'));
} catch (error) {
  if (!signal.aborted) throw error;
  process.exitCode = 130;
}
