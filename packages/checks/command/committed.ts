import type { Manifest } from '../model/manifest.js';
import { isReadByKubectl, readText } from './directory.js';
import { git } from './git.js';

/** The folder as git has it at a ref. Nothing outside of a repository, or when it was never committed. */
export function committed(directory: string, ref = 'HEAD'): readonly Manifest[] {
  const names = git(directory, ['ls-tree', '--name-only', ref, './'])?.split('\n') ?? [];
  return names.filter(isReadByKubectl).flatMap((name) => {
    const text = git(directory, ['show', `${ref}:./${name}`]);
    return text === undefined ? [] : readText(text, name).manifests;
  });
}
