import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsOf, type Document, type Manifest } from './manifest.js';

/** The objects of some text or folder, and what in it is none. */
export interface Read {
  readonly manifests: readonly Manifest[];
  readonly unreadable: readonly { readonly source: string; readonly problem: string }[];
}

const READ_BY_KUBECTL = /\.(?:ya?ml|json)$/;

/**
 * The objects of a folder's top level: the files that `kubectl apply -f` reads, and no others.
 *
 * @throws Error when the folder is not there, or holds no such file
 */
export function readDirectory(directory: string): Read {
  const files = readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && READ_BY_KUBECTL.test(entry.name) ? [entry.name] : [],
  );
  if (files.length === 0) {
    throw new Error(`${directory} holds no .yaml, .yml or .json file; kubectl would find nothing to apply.`);
  }
  return split(
    files
      .sort()
      .flatMap((file) => documentsOf(readFileSync(join(directory, file), 'utf8'), join(directory, file))),
  );
}

/** The objects of one text, such as the standard input. */
export const readText = (text: string, source: string): Read => split(documentsOf(text, source));

/** The folder as git has it in its last commit. Nothing outside of a repository, or when it was never committed. */
export function committed(directory: string): readonly Manifest[] {
  const git = (...args: string[]): string | undefined => {
    const { status, stdout } = spawnSync('git', ['-C', directory, ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return status === 0 ? stdout : undefined;
  };
  const names = git('ls-tree', '--name-only', 'HEAD', './')?.split('\n') ?? [];
  return names.flatMap((name) => {
    if (!READ_BY_KUBECTL.test(name)) return [];
    const text = git('show', `HEAD:./${name}`);
    return text === undefined ? [] : split(documentsOf(text, name)).manifests;
  });
}

const split = (documents: readonly Document[]): Read => ({
  manifests: documents.flatMap((document) => ('manifest' in document ? [document.manifest] : [])),
  unreadable: documents.flatMap((document) => ('unreadable' in document ? [document.unreadable] : [])),
});
