import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseUser } from './database-user.js';
import { SUPERUSER } from './initialize-data-directory.js';

/** How the superuser comes in: through a socket in a folder that nobody else may enter. */
export interface SuperuserAccess {
  readonly folder: string;
  /** What pg_hba.conf says: this way for the superuser, and a password for everybody else. */
  readonly rules: string;
  /** What PostgreSQL is started with. */
  readonly words: readonly string[];
  /** Removes the folder. */
  readonly remove: () => Promise<void>;
}

/**
 * Lets the superuser in through a socket in a folder of its own, without a password, and over TCP not at all. Every user of
 * this computer reaches 127.0.0.1, and whoever is superuser there reads and writes every file that PostgreSQL may:
 * https://www.postgresql.org/docs/17/functions-admin.html#FUNCTIONS-ADMIN-GENFILE.
 *
 * Why not a socket in the data directory: the path of a socket has room for 107 characters
 * (https://man7.org/linux/man-pages/man7/unix.7.html), and a checkout may lie deep.
 *
 * @param user - who runs PostgreSQL. @default - whoever runs this
 */
export async function superuserAccess(user: DatabaseUser | undefined): Promise<SuperuserAccess> {
  const folder = await mkdtemp(join(tmpdir(), 'postgresql-'));
  if (user) await chown(folder, user.uid, user.gid);
  const rules = [
    `local all ${SUPERUSER} trust`,
    `host all ${SUPERUSER} all reject`,
    'host all all 127.0.0.1/32 scram-sha-256',
  ];
  return {
    folder,
    rules: `${rules.join('\n')}\n`,
    words: ['-c', `unix_socket_directories=${folder}`, '-c', 'unix_socket_permissions=0700'],
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
