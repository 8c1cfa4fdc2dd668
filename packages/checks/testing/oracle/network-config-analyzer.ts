import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PolicySet } from './policy-sets.js';

/** The release that the answers were compared with. */
const VERSION = '2.1.0';
const FOLDER = fileURLToPath(new URL('../../../../build/network-config-analyzer', import.meta.url));
const PYTHON = join(FOLDER, 'bin', 'python');
const SETTING_UP_MILLISECONDS = 120_000;

/** Python with the package, in a folder below build/; nothing where it cannot be had, such as without Python or a network. */
export function analyzer(): string | undefined {
  const isThere = (): boolean => existsSync(PYTHON) && spawnSync(PYTHON, ['-c', 'import nca']).status === 0;
  if (isThere()) return PYTHON;
  const timeout = SETTING_UP_MILLISECONDS;
  spawnSync('python3', ['-m', 'venv', FOLDER], { timeout });
  spawnSync(PYTHON, ['-m', 'pip', 'install', '--quiet', `network-config-analyzer==${VERSION}`], { timeout });
  return isThere() ? PYTHON : undefined;
}

/**
 * What network-config-analyzer says of each question of each set.
 *
 * @throws Error with what Python wrote, when it failed
 */
export function analyzerVerdicts(python: string, sets: readonly PolicySet[]): boolean[][] {
  const { stdout, stderr, status } = spawnSync(
    python,
    [fileURLToPath(new URL('judge.py', import.meta.url))],
    {
      input: sets.map((set) => `${JSON.stringify(set)}\n`).join(''),
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    },
  );
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as boolean[]);
}
