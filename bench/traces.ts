import { setTimeout as pause } from 'node:timers/promises';
import { type PostgresFixture, ProcessFixture } from '@cafe-lumiere/runtime/testing';
import { bundledServer } from '../images/bundled-server.js';
import { OrderLoad } from './order-load.js';
import { Program } from './program.js';
import { median } from './statistics.js';

const ROUNDS = 8;
const SECONDS = 5;
const BETWEEN_TURNS_MS = 1000;
/** As in the example of docs/decisions/traces.md. */
const SHARE = 0.1;

/** Orders a second of an order-service that exports a tenth of its traces, against one that exports none. */
export async function measureTraces(server: PostgresFixture, folder: string): Promise<readonly string[]> {
  const guests = new OrderLoad(folder, SECONDS);
  const collector = await Program.start('bench/collector.ts', {});
  const entry = await bundledServer('order-service');
  const untraced = await ProcessFixture.start(entry, server.environment);
  const traced = await ProcessFixture.start(entry, {
    ...server.environment,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER_ARG: String(SHARE),
  });
  await Promise.all([untraced.readyz(200), traced.readyz(200)]);
  const ratios: number[] = [];
  let refused = 0;
  // The first round warms everything up and is not counted; who begins changes with each.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const both = [untraced, traced];
    const turns = round % 2 === 0 ? both : both.toReversed();
    const rates = new Map<ProcessFixture, number>();
    for (const service of turns) {
      const served = guests.at(service.url);
      rates.set(service, served.perSecond);
      refused += served.refused;
      // While `wrk` runs nobody reads what a service writes: it would write it in the other's turn.
      await pause(BETWEEN_TURNS_MS);
    }
    if (round > 0) ratios.push((rates.get(traced) ?? NaN) / (rates.get(untraced) ?? NaN));
  }
  const received = Number(await (await fetch(collector.url)).text());
  for (const service of [untraced, traced]) service.signal('SIGKILL');
  await Promise.all([untraced.exited, traced.exited, collector.end()]);
  if (!(received > 0)) throw new Error('the collector has received nothing, so nothing was measured');
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} in ${ROUNDS} pairs, ${refused} orders refused`;
  return [
    `| orders accepted per second with ${SHARE * 100} % of the traces exported, against none (${spread}) | **${median(ratios).toFixed(2)}** | at least 0.95 |`,
  ];
}
