import { setTimeout as pause } from 'node:timers/promises';
import { GATE_VARIABLES, type ServiceDeclaration, type Stores } from '@cafe-lumiere/contract';
import { ConfigurationError, ConfigurationReader, EX_CONFIG } from '../config.js';
import { Database } from './database.js';
import type { DatabaseAccess } from './database-settings.js';
import { createLog } from '../log.js';
import { errorMessage } from '../network/network-error.js';

/** What a line of the gate's begins with, and its `application_name`. */
const NAME = 'wait-for-postgres';
const INTERVAL_MS = 500;
/** For the one question that follows a log-in. */
const QUERY_TIMEOUT_MS = 3000;
/** Somebody who looks at the log late should still see the reason in the last lines. */
const REMINDER_MS = 15_000;
/**
 * The program of a gate, an init container in front of a service: ends the process with 0 when each store of its
 * declaration is usable, that is, when the service's role can log in and the right database answers. Says in one line what
 * it waits for, and ends with 1 after `GATE_TIMEOUT_SECONDS` (300 unless it is set), with 78 when a variable is wrong.
 *
 * Why not `pg_isready` or an open port: docs/decisions/gate.md.
 */
export async function waitForPostgres({ stores }: Pick<ServiceDeclaration, 'stores'>): Promise<never> {
  const { targets, timeoutSeconds } = readOrExit(stores);
  const end = performance.now() + timeoutSeconds * 1000;
  // A pod that is deleted while it waits should be gone at once; process 1 ignores SIGTERM unless somebody listens.
  process.once('SIGTERM', () => process.exit(143));
  for (const target of targets) {
    const reason = await reasonAt(target, end);
    if (reason === undefined) continue;
    say(`gives up after ${timeoutSeconds} s: ${reason}`);
    process.exit(1);
  }
  process.exit(0);
}

/** @returns nothing as soon as the database is usable, else the reason in words that it still has at the end */
async function reasonAt(target: DatabaseAccess, end: number): Promise<string | undefined> {
  const started = performance.now();
  const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1);
  const settings = { ...target, poolMax: 2, queryTimeoutMs: QUERY_TIMEOUT_MS, applicationName: NAME };
  const database = new Database(settings, createLog(NAME, '', 'silent'));
  for (let said = '', saidAt = 0; ;) {
    const reason = await reasonToWait(database, target);
    if (reason === undefined) {
      say(`${target.host}:${target.port} is usable, after ${seconds()} s`);
      return undefined;
    }
    if (performance.now() >= end) return reason;
    if (reason !== said || performance.now() - saidAt >= REMINDER_MS) {
      say(`waits: ${reason}`);
      said = reason;
      saidAt = performance.now();
    }
    await pause(INTERVAL_MS);
  }
}

function say(line: string): void {
  console.log(`${NAME}: ${line}`);
}

function readOrExit(stores: Stores): {
  readonly targets: readonly DatabaseAccess[];
  readonly timeoutSeconds: number;
} {
  try {
    const reader = new ConfigurationReader(NAME, process.env);
    const { GATE_TIMEOUT_SECONDS } = reader.read(GATE_VARIABLES);
    const targets = Object.values(reader.stores(stores));
    reader.end();
    return { targets, timeoutSeconds: GATE_TIMEOUT_SECONDS };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(error instanceof ConfigurationError ? EX_CONFIG : 1);
  }
}

/** @returns nothing when the database is usable, else the reason in words */
async function reasonToWait(database: Database, target: DatabaseAccess): Promise<string | undefined> {
  try {
    await database.check();
    const [row] = await database.run((sql) => sql`select current_database() as database`);
    return row?.['database'] === target.database
      ? undefined
      : `"${target.database}" answers as another database`;
  } catch (error) {
    return errorMessage(error);
  }
}
