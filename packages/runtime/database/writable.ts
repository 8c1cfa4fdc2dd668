import type { Sql } from 'postgres';
import { NO_STANDBY, READ_ONLY } from './database-error.js';

/**
 * Whether changes are taken where a connection leads to. A standby answers `select 1` like a primary, and so does a former
 * primary on a connection that is still open: such a connection was seen to hold for days, with every change refused.
 *
 * A new primary takes changes, but each waits until a standby confirms it, and the standbys come some seconds later. Whoever
 * changed something then would wait in the middle of a commit, with a connection and its locks: those who wait before it can
 * still be told "not now" (docs/decisions/primary.md).
 *
 * @throws Error with the code that PostgreSQL refuses a change with, or {@link NO_STANDBY}
 */
export async function checkWritable(sql: Sql): Promise<void> {
  // The first is on for each transaction while PostgreSQL recovers, that is, on a standby; and by default_transaction_read_only.
  const [row] = await sql.unsafe<{ read_only: string; alone: boolean }[]>(
    `select current_setting('transaction_read_only') as read_only,
      current_setting('synchronous_standby_names') <> '' and not exists (select from pg_stat_get_wal_senders()) as alone`,
  );
  if (row?.read_only === 'on') {
    throw Object.assign(new Error('PostgreSQL takes no changes there'), { code: READ_ONLY });
  }
  if (row?.alone === true) {
    throw Object.assign(new Error('no standby confirms changes there'), { code: NO_STANDBY });
  }
}
