import { statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { isNamespaced } from '../model/namespaces.js';
import type { Objects } from './directory.js';
import { readTarget } from './input.js';
import { type Source, sourcesOf } from './pointers.js';
import type { ReleaseArgument } from './releases.js';

/** The objects, those that they point to among them. */
export interface WithPointedTo {
  readonly objects: Objects;
  /** Charts that they say are installed. */
  readonly charts: readonly ReleaseArgument[];
  /** What they point to that was not read, a line each. */
  readonly notRead: readonly string[];
}

/**
 * Reads what these objects point to in their repository, and what that points to, each once.
 *
 * @param targets - what they were read from, which is not read again
 * @param recursive - whether the folders below were read as well
 */
export function withPointedTo(given: Objects, targets: readonly string[], recursive: boolean): WithPointedTo {
  const manifests = [...given.manifests];
  const unreadable = [...given.unreadable];
  const charts: ReleaseArgument[] = [];
  const notRead: string[] = [];
  const looked = targets.flatMap((target) =>
    target !== '-' && statSync(target).isDirectory() ? [{ directory: target, recursive }] : [],
  );
  for (let next = given.manifests; next.length > 0;) {
    const found = sourcesOf(next);
    next = [];
    notRead.push(...found.notRead);
    for (const source of found.sources) {
      if (looked.some((place) => holds(place, source.directory))) continue;
      looked.push(source);
      if (source.isChart) {
        const { release: name, namespace = 'default', directory } = source;
        charts.push({ name, namespace, directory });
        continue;
      }
      const read = objectsOf(source);
      if (typeof read === 'string') {
        notRead.push(read);
        continue;
      }
      manifests.push(...read.manifests);
      unreadable.push(...read.unreadable);
      next = [...next, ...read.manifests];
    }
  }
  return { objects: { manifests, unreadable }, charts, notRead };
}

/** They go to the namespace that the pointer names, when they name none; or the reason why there are none. */
function objectsOf({ directory, recursive, namespace }: Source): Objects | string {
  try {
    const { manifests, unreadable } = readTarget(directory, recursive);
    return {
      manifests: manifests.map((manifest) =>
        namespace !== undefined && manifest.namespace === '' && isNamespaced(manifest)
          ? { ...manifest, namespace }
          : manifest,
      ),
      unreadable,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether a folder is looked at already, by its own name or from one above. Charts are looked at by their own name only. */
function holds(
  place: { readonly directory: string; readonly recursive: boolean },
  directory: string,
): boolean {
  const path = relative(resolve(place.directory), resolve(directory));
  return path === '' || (place.recursive && !path.startsWith('..'));
}
