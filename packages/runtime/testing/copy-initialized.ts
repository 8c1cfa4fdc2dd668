import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asDatabaseUser, databaseUser } from './database-user.js';
import { embeddedPostgres } from './embedded-postgres.js';
import { INITDB_ARGUMENTS, initializeDataDirectory } from './initialize-data-directory.js';

/**
 * Makes a data directory by copying one that was initialised once. initdb takes a second of a processor, a copy a
 * twentieth of it, and each test file wants an empty PostgreSQL of its own.
 *
 * @param dataDirectory - does not exist yet; its parent does
 */
export async function copyInitialized(dataDirectory: string): Promise<void> {
  const user = databaseUser();
  await mkdir(dataDirectory, { mode: 0o700 });
  if (user) await chown(dataDirectory, user.uid, user.gid);
  // The point means: what is in it.
  const [command, words] = asDatabaseUser('cp', ['-R', `${await initializedOnce()}/.`, dataDirectory]);
  await promisify(execFile)(command, words);
}

/** @returns a data directory that nobody has started, kept in `node_modules/.cache` for the next run */
async function initializedOnce(): Promise<string> {
  const postgres = await embeddedPostgres();
  const made = JSON.stringify([postgres.version, INITDB_ARGUMENTS]);
  const name = `postgresql-${createHash('sha256').update(made).digest('hex').slice(0, 16)}`;
  const kept = join(postgres.cache, name);
  if (existsSync(kept)) return kept;
  // Not our process id: one test may start two servers at once.
  const ours = `${kept}.${randomUUID()}`;
  await initializeDataDirectory(postgres, ours);
  await rename(ours, kept).catch(async (error: unknown) => {
    // Another one was quicker.
    if (!existsSync(kept)) throw error;
    await rm(ours, { recursive: true });
  });
  return kept;
}
