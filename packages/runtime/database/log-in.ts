import postgres, { type Sql } from 'postgres';
import { connectionOptions } from './connection-options.js';
import type { DatabaseAccess } from './database-settings.js';

/** What a connection says of itself, and who is told of its end. */
export interface LogInOptions {
  /** PostgreSQL's parameters for the session, `application_name` among them. */
  readonly parameters: Readonly<Record<string, string | number>> & { readonly application_name: string };
  /** It is closed, whoever closed it. */
  readonly onClose?: () => void;
}

/**
 * One connection that is logged in. It never logs in again by itself: queries fail once it is closed.
 *
 * @throws what PostgreSQL or the network says
 */
export async function logIn(
  access: DatabaseAccess,
  { parameters, onClose = () => undefined }: LogInOptions,
): Promise<Sql> {
  let attempts = 0;
  const once = (): Promise<void> => {
    attempts += 1;
    if (attempts === 1) return Promise.resolve();
    return Promise.reject(Object.assign(new Error('the connection is closed'), { code: 'ECONNRESET' }));
  };
  const sql = postgres({
    ...connectionOptions(access, once),
    connection: parameters,
    onclose: onClose,
  });
  try {
    await sql.unsafe('select 1');
    return sql;
  } catch (error) {
    void sql.end({ timeout: 0 }).catch(() => undefined);
    throw error;
  }
}
