import { setTimeout as pause } from 'node:timers/promises';
import { balance } from '../load/ledger.js';
import { Load } from '../load/load.js';
import type { Records } from '../load/records.js';
import { acceptedConnectionsAt, healthy, readStored, restartCounts } from './cafe-state.js';
import { type Outcome, toOutcome } from './outcome.js';
import type { Scenario } from './scenario.js';
import type { FaultTools } from './tools.js';

/** Undisturbed load before the fault, and after the café is whole again, in milliseconds. */
const BEFORE_MS = 4000;
const AFTER_MS = 4000;

/** What was measured, with everything that was recorded. */
export interface Measurement {
  readonly outcome: Outcome;
  readonly records: Records;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/**
 * Does a scenario to a healthy café under load, waits until it is whole again, and compares the ledger.
 *
 * @param origin - of the frontend
 */
export async function measure(scenario: Scenario, tools: FaultTools, origin: string): Promise<Measurement> {
  await healthy();
  return tools.disturb(
    async () => scenario.cleanUp?.(tools),
    async () => {
      await scenario.prepare?.(tools);
      return observe(scenario, tools, origin);
    },
  );
}

async function observe(scenario: Scenario, tools: FaultTools, origin: string): Promise<Measurement> {
  const restartsBefore = await restartCounts();
  const acceptedBefore = await acceptedConnectionsAt();
  const startedAt = Date.now();
  const load = new Load(origin);
  let problem: string | undefined;
  try {
    await pause(BEFORE_MS);
    await scenario.run(tools);
    await healthy();
    await pause(AFTER_MS);
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
  }
  const records = await load.end();
  const accepted = await acceptedConnectionsAt();
  const restarts = [...(await restartCounts())]
    .filter(
      ([name, count]) => count > (restartsBefore.get(name) ?? 0) && scenario.restarts?.test(name) !== true,
    )
    .map(([name, count]) => `${name} (${count})`);
  const outcome = toOutcome({
    scenario,
    records,
    marks: tools.marks,
    balance: balance(records, await readStored(load.name, records)),
    restarts,
    noticed: tools.noticed,
    databaseBackAt: tools.databaseBackAt ?? (accepted !== acceptedBefore ? accepted : undefined),
  });
  return {
    outcome: problem === undefined ? outcome : { ...outcome, violations: [problem, ...outcome.violations] },
    records,
    startedAt,
  };
}
