import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { kubectl } from '../cluster.js';
import { run } from '../command.js';
import { eventually, must } from '../journal.js';
import { sql } from './cafe-state.js';
import type { Scenario } from './scenario.js';
import type { FaultTools } from './tools.js';

const PROGRAM = fileURLToPath(new URL('../move-database/run.ts', import.meta.url));
type Side = 'cluster' | 'chart';
const KILLS = 10;

const synthesizeCluster = (tools: FaultTools): Promise<void> => tools.synthesizeChanged('cluster');
const manifests = (tools: FaultTools, side: Side): string =>
  side === 'cluster' ? tools.changedFolder('cluster') : 'dist';
const deleteCluster = async (): Promise<void> => {
  await kubectl('delete clusters.postgresql.cnpg.io --all --timeout=120s');
};

/** From the chart's PostgreSQL to three of the operator's, and back, while the café is open. */
export const moveScenarios: readonly Scenario[] = [
  {
    name: 'move-database',
    title: 'The database is moved to three PostgreSQLs, and back to one',
    kind: 'database',
    alert: 'any',
    prepare: synthesizeCluster,
    run: async (tools) => {
      for (const side of ['cluster', 'chart'] as const) {
        tools.mark(`to the ${side}`);
        const said = await run(
          `node --import tsx ${PROGRAM} --to ${side} --manifests ${manifests(tools, side)}`,
          {
            cwd: tools.workspace,
            timeoutSeconds: 600,
          },
        );
        tools.mark(/have waited for [\d.]+ s/.exec(said)?.[0] ?? 'moved');
      }
    },
    cleanUp: deleteCluster,
  },
  {
    name: 'move-database-killed',
    title: `The move of the database is killed at ${KILLS} of its steps, and started again each time`,
    kind: 'database',
    alert: 'any',
    prepare: synthesizeCluster,
    run: async (tools) => {
      for (let step = 1; step <= KILLS; step += 1) {
        const before = await orders();
        tools.mark(`killed at step ${step}`);
        must(await killedAt(tools, 'cluster', step), `the move ended before its step ${step}`);
        await pause(2000);
        const after = await orders();
        must(after >= before, `there were ${before} orders, and ${after} after the kill at step ${step}`);
      }
      for (const side of ['cluster', 'chart'] as const) {
        tools.mark(`to the ${side}`);
        must(!(await killedAt(tools, side, Infinity)), 'it was killed');
      }
    },
    cleanUp: deleteCluster,
  },
];

/** How many orders there are where the Service leads to; it always leads somewhere but for a moment. */
const orders = (): Promise<number> =>
  eventually(20, async () => Number(await sql('select count(*) from orders')));

/** Starts a move, and kills it in its n-th step, each of which it says. @returns whether it was killed */
function killedAt(tools: FaultTools, side: Side, step: number): Promise<boolean> {
  const move = spawn(
    process.execPath,
    ['--import', 'tsx', PROGRAM, '--to', side, '--manifests', manifests(tools, side)],
    { cwd: tools.workspace, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = 0;
  createInterface({ input: move.stdout }).on('line', (line) => {
    console.log(`      ${line}`);
    said += 1;
    // In the middle of it, and not before it has begun.
    if (said === step) setTimeout(() => move.kill('SIGKILL'), 300);
  });
  return new Promise((done, fail) => {
    move.once('close', (code, signal) => {
      if (code === 0 || signal === 'SIGKILL') done(signal === 'SIGKILL');
      else fail(new Error(`the move ended with ${String(code)}`));
    });
  });
}
