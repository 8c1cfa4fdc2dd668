import { setTimeout as pause } from 'node:timers/promises';
import { balance } from '../load/ledger.js';
import { type Entrance, Load } from '../load/load.js';
import type { Records } from '../load/records.js';
import type { AlertWatch } from './alerts/watch.js';
import type { AlertWatches } from './alerts/watches.js';
import { healthy, readStored, restartCounts } from './cafe-state.js';
import { DatabaseAbsence } from './database-absence.js';
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
 * @param watches - have a Prometheus that reads and judges meanwhile; without them none does
 */
export async function measure(
  scenario: Scenario,
  tools: FaultTools,
  entrance: Entrance,
  watches?: AlertWatches,
): Promise<Measurement> {
  await healthy();
  return tools.disturb(
    async () => scenario.cleanUp?.(tools),
    async () => {
      await scenario.prepare?.(tools);
      const measurement = await observe(scenario, tools, entrance, await watches?.next());
      await watches?.after(measurement.outcome);
      return measurement;
    },
  );
}

async function observe(
  scenario: Scenario,
  tools: FaultTools,
  entrance: Entrance,
  watch?: AlertWatch,
): Promise<Measurement> {
  const restartsBefore = await restartCounts();
  const absence = isJudged(scenario) ? await DatabaseAbsence.watch() : undefined;
  const startedAt = Date.now();
  const load = new Load(entrance);
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
  const databaseBackAt = await absence?.end();
  const restarts = [...(await restartCounts())]
    .filter(
      ([name, count]) => count > (restartsBefore.get(name) ?? 0) && scenario.restarts?.test(name) !== true,
    )
    .map(([name, count]) => `${name} (${count})`);
  const faultAt = tools.marks[0]?.at ?? startedAt;
  const hasFailed = records.requests.some(({ failure }) => failure !== undefined);
  const alerts = await watch?.conclude(scenario, { faultAt, hasFailed }).catch((error: unknown) => {
    problem ??= error instanceof Error ? error.message : String(error);
    return undefined;
  });
  const outcome = toOutcome({
    scenario,
    records,
    marks: tools.marks,
    balance: balance(records, await readStored(load.name, records)),
    restarts,
    alerts,
    noticed: tools.noticed,
    databaseBackAt: tools.databaseBackAt ?? databaseBackAt,
  });
  return {
    outcome: problem === undefined ? outcome : { ...outcome, violations: [problem, ...outcome.violations] },
    records,
    startedAt,
  };
}

/** Whether its first order after the database's return is judged. The standbys of a Cluster answer all the time. */
const isJudged = ({ kind, database = 'chart' }: Scenario): boolean =>
  kind === 'database' && database === 'chart';
