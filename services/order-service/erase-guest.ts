import {
  type Environment,
  ConfigurationError,
  ConfigurationReader,
  createLog,
  EX_CONFIG,
} from '@cafe-lumiere/runtime';
import { Database } from '@cafe-lumiere/runtime/database';
import { orderService } from './declaration.js';
import { isOrderNumber } from './order-number.js';

/** What stands in the place of a name. An order without one is no order, and the till still adds up. */
export const ERASED = 'erased';

const USAGE = `Takes a guest's name, and what would open the order for the guest, out of orders:

  node erase-guest.js ORDER-NUMBER [ORDER-NUMBER …]
  node erase-guest.js --name NAME     lists the numbers of the orders with this name, and changes nothing

Items and prices stay. Backups keep the name until they are deleted: docs/decisions/retention.md.`;

/** The exit code for words that it does not know: EX_USAGE of sysexits.h. */
const EX_USAGE = 64;

/** @returns the exit code */
async function eraseGuest(words: readonly string[], environment: Environment): Promise<number> {
  if (words.length === 0 || words.includes('--help')) {
    console.log(USAGE);
    return words.length === 0 ? EX_USAGE : 0;
  }
  const reader = new ConfigurationReader('erase-guest', environment);
  const { DB } = reader.stores(orderService.stores);
  reader.end();
  const settings = { ...DB, poolMax: 2, queryTimeoutMs: 30_000, applicationName: 'erase-guest' };
  const database = new Database(settings, createLog('erase-guest', '', 'silent'));
  const [option, name] = words;
  if (option === '--name' && name !== undefined) return list(database, name);
  const wrong = words.filter((word) => !isOrderNumber(word));
  if (wrong.length > 0) {
    console.error(
      `${wrong.join(', ')}: no order has such a number; one is K7F-3QX, for example.\n\n${USAGE}`,
    );
    return EX_USAGE;
  }
  return erase(database, words);
}

async function list(database: Database, name: string): Promise<number> {
  const rows = await database.run(
    (sql) =>
      sql<{ order_number: string; created_at: Date; status: string }[]>`
        select order_number, created_at, status from orders where customer_name = ${name} order by id`,
  );
  for (const { order_number, created_at, status } of rows) {
    console.log(`${order_number}  ${created_at.toISOString()}  ${status}`);
  }
  console.error(
    rows.length === 0
      ? `No order has the name "${name}". It is compared as it was written, letter by letter.`
      : 'Others may have the same name: erase those that are this guest’s, by their numbers.',
  );
  return rows.length === 0 ? 1 : 0;
}

async function erase(database: Database, numbers: readonly string[]): Promise<number> {
  // The request's fingerprint is a digest of the name as well, so it goes, and its key with it.
  const rows = await database.run(
    (sql) => sql<{ order_number: string }[]>`
      update orders
      set customer_name = ${ERASED}, token = null, idempotency_key = null, fingerprint = null
      where order_number in ${sql(numbers)}
      returning order_number`,
  );
  const erased = new Set(rows.map(({ order_number }) => order_number));
  for (const number of numbers) console.log(`${number}: ${erased.has(number) ? 'erased' : 'is not here'}`);
  return erased.size === new Set(numbers).size ? 0 : 1;
}

try {
  process.exit(await eraseGuest(process.argv.slice(2), process.env));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof ConfigurationError ? EX_CONFIG : 1);
}
