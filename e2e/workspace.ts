import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './command.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * A copy of the repository in which the guide's commands are run as written. They record image digests and write
 * `dist`, which in the repository itself would be changes that nobody made.
 *
 * @param name - of the copy below build/e2e
 * @returns the copy's folder
 */
export async function makeWorkspace(name = 'workspace'): Promise<string> {
  const workspace = join(ROOT, 'build', 'e2e', name);
  rmSync(workspace, { recursive: true, force: true });
  const files = await run('git ls-files --cached --others --exclude-standard -z', { cwd: ROOT });
  for (const file of files.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(workspace, file)), { recursive: true });
    // With its times: make must not think that the dependencies have changed.
    cpSync(join(ROOT, file), join(workspace, file), { preserveTimestamps: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(workspace, 'node_modules'));
  return workspace;
}
