import { spawn } from 'node:child_process';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { asDatabaseUser } from './database-user.js';
import type { EmbeddedPostgres } from './embedded-postgres.js';

/** Who may do everything in a database that {@link initializeDataDirectory} made. */
export const SUPERUSER = { user: 'postgres', password: 'postgres' } as const;

/** What initdb is told, beside where. */
export const INITDB_ARGUMENTS: readonly string[] = [
  ...['-U', SUPERUSER.user],
  ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C'],
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
  const passwordFile = `${staging}.password`;
  await rm(staging, { recursive: true, force: true });
  await mkdir(dirname(dataDirectory), { recursive: true });
  await mkdir(staging, { mode: 0o700 });
  await writeFile(passwordFile, SUPERUSER.password, { mode: 0o644 });
  const [command, words, user] = asDatabaseUser(initdb, [
    ...['-D', staging, '--pwfile', passwordFile],
    ...INITDB_ARGUMENTS,
  ]);
  if (user) await chown(staging, user.uid, user.gid);
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  await rm(passwordFile, { force: true });
  if (code !== 0)
    throw new Error(
      `initdb could not initialise ${staging} (exit ${code ?? 'by a signal'}):\n${output.trim()}`,
    );
  await rename(staging, dataDirectory);
}
