import { spawnSync } from 'node:child_process';
import type { Manifest } from '../model/manifest.js';
import { isReadByKubectl, readText } from './directory.js';

/** The folder as git has it at a ref. Nothing outside of a repository, or when it was never committed. */
export function committed(directory: string, ref = 'HEAD'): readonly Manifest[] {
  const git = (...words: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', ['-C', directory, ...words], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return status === 0 ? stdout : undefined;
  };
  const names = git('ls-tree', '--name-only', ref, './')?.split('\n') ?? [];
  return names.filter(isReadByKubectl).flatMap((name) => {
    const text = git('show', `${ref}:./${name}`);
    return text === undefined ? [] : readText(text, name).manifests;
  });
}
