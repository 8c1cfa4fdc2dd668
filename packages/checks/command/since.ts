import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { git } from './git.js';

/**
 * Does something where the repository is as git has it at a ref: the targets there, in a working directory that is this one's.
 *
 * @param targets - files and folders of the repository
 * @throws Error outside of a repository, for a ref that it does not have, and for a target that was not there
 */
export function asOf<Result>(
  ref: string,
  targets: readonly string[],
  work: (targets: readonly string[], root: { readonly there: string; readonly here: string }) => Result,
): Result {
  const here = realpathSync(process.cwd());
  const root = git(here, ['rev-parse', '--show-toplevel'])?.trim();
  if (root === undefined) throw new Error(`--since needs a git repository, and ${here} is in none.`);
  if (targets.includes('-')) throw new Error('--since compares files that git has; "-" is none.');
  if (git(here, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]) === undefined) {
    throw new Error(`--since is "${ref}", which git does not know here; "git fetch" may bring it.`);
  }
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'cafe-since-')));
  const there = join(scratch, 'tree');
  try {
    mkdirSync(there);
    // The index is one of its own; that of the repository, and its files, stay as they are.
    const env = { ...process.env, GIT_INDEX_FILE: join(scratch, 'index') };
    git(root, ['read-tree', ref], env);
    if (git(root, ['checkout-index', '--all', `--prefix=${there}/`], env) === undefined) {
      throw new Error(`git does not write down what ${ref} is.`);
    }
    // It is a working copy like this one, so that what points into the repository finds it.
    const gitdir = git(root, ['rev-parse', '--absolute-git-dir'])?.trim() ?? '';
    writeFileSync(join(there, '.git'), `gitdir: ${gitdir}\n`);
    const moved = targets.map((target) => {
      const path = relative(root, resolve(here, target));
      const place = join(there, path);
      if (path.startsWith('..') || !existsSync(place)) {
        throw new Error(`${target} is not in ${ref}: all of it is new. Check it without --since.`);
      }
      return isAbsolute(target) ? place : target;
    });
    process.chdir(join(there, relative(root, here)));
    return work(moved, { there, here: root });
  } finally {
    process.chdir(here);
    rmSync(scratch, { recursive: true, force: true });
  }
}
