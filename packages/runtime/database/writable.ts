import type { Sql } from 'postgres';
import { READ_ONLY } from './database-error.js';

/**
 * Whether changes are taken where a connection leads to. A standby answers `select 1` like a primary, and so does a former
 * primary on a connection that is still open: such a connection was seen to hold for days, with every change refused.
 *
 * @throws Error with the code that PostgreSQL refuses a change with
 */
export async function checkWritable(sql: Sql): Promise<void> {
  // On for each transaction while PostgreSQL recovers, that is, on a standby; and by default_transaction_read_only.
  const [row] = await sql.unsafe<{ transaction_read_only: string }[]>('show transaction_read_only');
  if (row?.transaction_read_only !== 'on') return;
  throw Object.assign(new Error('PostgreSQL takes no changes there'), { code: READ_ONLY });
}
