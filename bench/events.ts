import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { order as orderSchema, LIFE } from '../services/order-service/order.js';
import type { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../images/bundled-server.js';
import { readEvents } from '@cafe-lumiere/runtime/events';
import { residentMegabytes } from './program.js';
import { percentile } from './statistics.js';

const STREAMS = 500;
/** Of one address there may be 200 (docs/security.md), so they come from several: Linux has all of 127.0.0.0/8. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
const CHANGES_PER_SECOND = 10;

/** From the answer of a change at one pod to its event on 500 streams of another, and that pod's memory meanwhile. */
export async function measureEvents(server: PostgresFixture, minutes: number): Promise<readonly string[]> {
  const [writing, streaming] = await Promise.all([
    ProcessFixture.start(await bundledServer('order-service'), server.environment),
    ProcessFixture.start(await bundledServer('order-service'), server.environment),
  ]);
  await Promise.all([writing.readyz(200), streaming.readyz(200)]);
  const agents = ADDRESSES.map((localAddress) => new Agent({ connections: null, localAddress }));
  const stopped = new AbortController();
  // Each stream listens to it.
  setMaxListeners(STREAMS + 1, stopped.signal);
  const answered = new Map<string, number>();
  const delays: number[] = [];
  const missing = { count: 0 };
  const follow = async (dispatcher: Agent): Promise<void> => {
    const { body } = await request(`${streaming.url}/orders/events`, {
      dispatcher,
      signal: stopped.signal,
      bodyTimeout: 0,
    });
    for await (const { event, data } of readEvents(body)) {
      if (event !== 'order') continue;
      // Parsed 500 times for each change: the reader's work, not the pod's, so a search has to do.
      const change = /"order_number":"([^"]+)".*"status":"([^"]+)"/.exec(data);
      const at = answered.get(`${change?.[1] ?? ''} ${change?.[2] ?? ''}`);
      // Often the event is here before the answer of the change is read; then there was no delay.
      delays.push(at === undefined ? 0 : performance.now() - at);
      missing.count -= 1;
    }
  };
  const streams = agents.flatMap((agent) =>
    Array.from({ length: STREAMS / agents.length }, () => follow(agent).catch(() => undefined)),
  );
  await pause(3000);
  const memory: number[] = [];
  const end = performance.now() + minutes * 60_000;
  for (let turn = 0; performance.now() < end; turn += 1) {
    const next = pause(1000 / CHANGES_PER_SECOND);
    await change(writing.url, answered, (count) => (missing.count += count * STREAMS));
    if (turn % (CHANGES_PER_SECOND * 2) === 0) memory.push(residentMegabytes(streaming.processId));
    await next;
  }
  await pause(2000);
  const lost = missing.count;
  stopped.abort();
  await Promise.all(streams);
  await Promise.all(agents.map((agent) => agent.destroy()));
  for (const pod of [writing, streaming]) {
    pod.signal('SIGKILL');
    await pod.exited;
  }
  // After the first fifth, in which caches fill and code is compiled.
  const settled = memory.slice(Math.floor(memory.length / 5));
  const half = Math.floor(settled.length / 2);
  const peak = (list: readonly number[]): number => percentile(list, 90);
  return [
    `| from a change's answer to its event at another pod, p99 over ${STREAMS} open streams (${delays.length} deliveries, ${lost} missing, p50 ${percentile(delays, 50).toFixed(1)} ms) | **${percentile(delays, 99).toFixed(1)} ms** | below 100 ms |`,
    `| memory of that pod over ${minutes} minutes, second half against first (${peak(settled.slice(half)).toFixed(0)} MB to ${peak(settled.slice(0, half)).toFixed(0)} MB) | **${(peak(settled.slice(half)) / peak(settled.slice(0, half))).toFixed(2)}** | about 1 |`,
  ];
}

/** One order's life, a step a call. */
const lives: { number: string; step: number } = { number: '', step: LIFE.length };

async function change(
  url: string,
  answered: Map<string, number>,
  changed: (count: number) => void,
): Promise<void> {
  const next = LIFE[lives.step];
  const placing = next === undefined;
  const response = await fetch(placing ? `${url}/orders` : `${url}/orders/${lives.number}`, {
    method: placing ? 'POST' : 'PUT',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify(
      placing ? { customer_name: 'Ada', items: [{ id: 1, quantity: 1 }] } : { status: next },
    ),
  });
  const text = await response.text();
  const at = performance.now();
  const { order_number, status } = orderSchema.parse(JSON.parse(text));
  answered.set(`${order_number} ${status}`, at);
  changed(1);
  lives.number = order_number;
  lives.step = placing ? 1 : lives.step + 1;
}
