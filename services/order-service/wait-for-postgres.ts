import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { GATE_VARIABLES } from '@cafe-lumiere/contract';
import { ConfigurationError, ConfigurationReader } from '@cafe-lumiere/runtime';
import { describeDatabaseError } from '@cafe-lumiere/runtime/database';
import { connectionOptions } from '@cafe-lumiere/runtime/database';
import { orderService } from './declaration.js';

// The gate in front of order-service: ends with 0 when PostgreSQL is usable, that is, when our role can log in and the
// right database answers. Says in one line what it waits for, and ends with 1 when its time is over.
// Why not `pg_isready` or an open port: see docs/decisions/gate.md.

const NAME = 'wait-for-postgres';
const INTERVAL_MS = 500;
/** Somebody who looks at the log late should still see the reason in the last lines. */
const REMINDER_MS = 15_000;

const say = (line: string): void => {
  console.log(`${NAME}: ${line}`);
};

const { target, seconds: timeout } = (() => {
  try {
    const reader = new ConfigurationReader(NAME, process.env);
    const { GATE_TIMEOUT_SECONDS } = reader.read(GATE_VARIABLES);
    const { DB } = reader.stores(orderService.stores);
    reader.end();
    return { target: DB, seconds: GATE_TIMEOUT_SECONDS };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(error instanceof ConfigurationError ? 78 : 1);
  }
})();

const started = performance.now();
const seconds = (): number => (performance.now() - started) / 1000;

/** @returns nothing when the database is usable, else the reason in words */
async function reason(): Promise<string | undefined> {
  const sql = postgres({ ...connectionOptions(target), max: 1, connection: { application_name: NAME } });
  const deadline = setTimeout(() => void sql.end({ timeout: 0 }), 3000);
  try {
    const [row] = await sql`select current_database() as database`;
    return row?.['database'] === target.database
      ? undefined
      : `"${target.database}" answers as another database`;
  } catch (error) {
    return describeDatabaseError(error, target);
  } finally {
    clearTimeout(deadline);
    await sql.end({ timeout: 0 }).catch(() => undefined);
  }
}

// A pod that is deleted while it waits should be gone at once; process 1 ignores SIGTERM unless somebody listens.
process.once('SIGTERM', () => process.exit(143));

for (let said = '', saidAt = 0; ;) {
  const now = await reason();
  if (now === undefined) {
    say(`${target.host}:${target.port} is usable, after ${seconds().toFixed(1)} s`);
    process.exit(0);
  }
  if (seconds() >= timeout) {
    say(`gives up after ${timeout} s: ${now}`);
    process.exit(1);
  }
  if (now !== said || performance.now() - saidAt >= REMINDER_MS) {
    say(`waits: ${now}`);
    said = now;
    saidAt = performance.now();
  }
  await pause(INTERVAL_MS);
}
