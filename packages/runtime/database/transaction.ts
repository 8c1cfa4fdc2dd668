import type { Sql } from 'postgres';

/**
 * Does `work` in a transaction: all of it or nothing.
 *
 * Why not simply `sql.begin` of postgres.js: when the connection ends between two of its statements it writes the next one
 * to a socket that is gone, outside of every promise, and the process dies of it (porsager/postgres#1208). Here the next
 * statement fails.
 *
 * @param sql - a single connection that does not log in again by itself, such as that of {@link Database.run}
 * @throws what `work` fails with, and what PostgreSQL says to the commit
 */
export async function inTransaction<Result>(
  sql: Sql,
  work: (sql: Sql) => PromiseLike<Result>,
): Promise<Result> {
  await sql`begin`;
  try {
    const result = await work(sql);
    const { command } = await sql`commit`;
    // PostgreSQL's answer to the commit of a transaction in which a statement has failed.
    if (command === 'ROLLBACK')
      throw new Error('the transaction was rolled back: a statement in it has failed');
    return result;
  } catch (error) {
    // Without a transaction it is a warning, and without a connection there is nothing to take back.
    await sql`rollback`.catch(() => undefined);
    throw error;
  }
}
