import { spawnSync } from 'node:child_process';

/** What git says in a directory, to the last byte. @returns nothing when it fails, also where there is no git or no repository */
export function git(directory: string, words: readonly string[], env = process.env): string | undefined {
  const { status, stdout } = spawnSync('git', ['-C', directory, ...words], {
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 28,
  });
  return status === 0 ? stdout : undefined;
}
