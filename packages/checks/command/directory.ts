import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { documentsOf, type Document, type Manifest, type Unreadable } from '../model/manifest.js';

/** The objects of some files, and what in them is none. */
export interface Objects {
  readonly manifests: readonly Manifest[];
  readonly unreadable: readonly Unreadable[];
}

/** Whether `kubectl apply -f` reads a file of this name in a folder. */
export const isReadByKubectl = (name: string): boolean => /\.(?:ya?ml|json)$/.test(name);

/**
 * The objects of a folder's top level: the files that `kubectl apply -f` reads, and no others.
 *
 * @throws Error when the folder is not there, or holds no such file
 */
export function readDirectory(directory: string): Objects {
  const files = readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isFile() && isReadByKubectl(entry.name) ? [join(directory, entry.name)] : [],
  );
  if (files.length === 0) {
    throw new Error(`${directory} holds no .yaml, .yml or .json file; kubectl would find nothing to apply.`);
  }
  return readFiles(files.sort());
}

/** The objects of these files. @throws Error when one cannot be read */
export const readFiles = (paths: readonly string[]): Objects =>
  split(paths.flatMap((path) => documentsOf(readFileSync(path, 'utf8'), path)));

/** The objects of one text, such as the standard input. */
export const readText = (text: string, source: string): Objects => split(documentsOf(text, source));

const split = (documents: readonly Document[]): Objects => ({
  manifests: documents.flatMap((document) => ('manifest' in document ? [document.manifest] : [])),
  unreadable: documents.flatMap((document) => ('unreadable' in document ? [document.unreadable] : [])),
});
