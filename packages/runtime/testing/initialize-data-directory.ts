import { spawn } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asDatabaseUser, databaseUser } from './database-user.js';
import type { EmbeddedPostgres } from './embedded-postgres.js';

/** Who may do everything in a database that {@link initializeDataDirectory} made. It has no password. */
export const SUPERUSER = 'postgres';

/** What initdb is told, beside where. */
export const INITDB_ARGUMENTS: readonly string[] = [
  // Nobody comes in before somebody says who may.
  ...['-U', SUPERUSER, '--auth=reject'],
  ...['--encoding=UTF8', '--locale=C'],
];

/**
 * Makes a data directory when there is none. It is initialised beside its final place and renamed at the end, so that a
 * killed start never leaves half a database.
 *
 * @throws Error when another major version wrote what is there, or with initdb's output
 */
export async function initializeDataDirectory(
  { initdb, major }: EmbeddedPostgres,
  dataDirectory: string,
): Promise<void> {
  const found = await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').catch(() => undefined);
  if (found?.trim() === major) return;
  if (found !== undefined) {
    throw new Error(
      `${dataDirectory} was written by PostgreSQL ${found.trim()}, and this is PostgreSQL ${major}. ` +
        `Move the directory away to begin with an empty database, or restore a dump of it.`,
    );
  }
  const staging = `${dataDirectory}.initializing`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(dirname(dataDirectory), { recursive: true });
  await mkdir(staging, { mode: 0o700 });
  const [command, words] = asDatabaseUser(initdb, [...['-D', staging], ...INITDB_ARGUMENTS]);
  const user = databaseUser();
  if (user) await chown(staging, user.uid, user.gid);
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0)
    throw new Error(
      `initdb could not initialise ${staging} (exit ${code ?? 'by a signal'}):\n${output.trim()}`,
    );
  await rename(staging, dataDirectory);
}
