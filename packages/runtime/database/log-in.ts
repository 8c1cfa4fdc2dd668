import postgres, { type Sql } from 'postgres';
import { connectionOptions } from './connection-options.js';
import type { DatabaseAccess } from './database-settings.js';
import { checkWritable } from './writable.js';

/** What a connection says of itself, and who is told of its end. */
export interface LogInOptions {
  /** PostgreSQL's parameters for the session, `application_name` among them. */
  readonly parameters: Readonly<Record<string, string | number>> & { readonly application_name: string };
  /** It is closed, whoever closed it. */
  readonly onClose?: () => void;
  /** Gives the log-in up in the middle. Only for a process that ends. @default - it ends by itself */
  readonly signal?: AbortSignal;
}

/**
 * One connection that is logged in, to a PostgreSQL that takes changes. It never logs in again by itself: queries fail once it is closed.
 *
 * @throws what PostgreSQL or the network says
 */
export async function logIn(
  access: DatabaseAccess,
  { parameters, onClose = () => undefined, signal }: LogInOptions,
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
  const giveUp = (): void => void sql.end({ timeout: 0 }).catch(() => undefined);
  signal?.addEventListener('abort', giveUp);
  try {
    await checkWritable(sql);
    return sql;
  } catch (error) {
    giveUp();
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}
