import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import packageJson from '../package.json' with { type: 'json' };

/** kind's documented local registry: https://kind.sigs.k8s.io/docs/user/local-registry/ */
export const DEFAULT_REGISTRY = 'localhost:5001';

const LOCK_FILE = fileURLToPath(new URL('../images.lock.json', import.meta.url));

const lock = z.record(
  z.string(),
  z
    .string()
    .regex(
      /^[a-z0-9][^\s@]*:[\w][\w.-]{0,127}@sha256:[0-9a-f]{64}$/,
      'is no registry/name:tag@sha256:<64 hex digits>',
    ),
);

/** `<registry>/cafe-lumiere/<service>:<version of package.json>`, without a digest. */
export function imageTag(service: string, registry: string = DEFAULT_REGISTRY): string {
  return `${registry}/cafe-lumiere/${service}:${packageJson.version}`;
}

/**
 * The image that the manifests name for each service: exactly the one that `make push` recorded in images.lock.json, else
 * this version's tag in kind's local registry.
 *
 * @throws Error that names the entry of the lock file that is wrong, or the service that is missing there
 */
export function imageOf(file: string = LOCK_FILE): (service: string) => string {
  const images = Object.entries(locked(file));
  // Those of others alone are no images of ours.
  if (images.every(([name]) => isReference(name))) return imageTag;
  const byName = new Map(images);
  return (service) => byName.get(service) ?? refuse(`  ${service}: is missing`);
}

/**
 * The digests that `make pin` recorded in images.lock.json for the tags of other people's images, such as
 * `node:24-bookworm-slim`. A tag that is not there, because another one is used since, has none.
 *
 * @throws Error that names the entry of the lock file that is wrong
 */
export function digestOf(file: string = LOCK_FILE): (tag: string) => string | undefined {
  const images = new Map(Object.entries(locked(file)));
  return (tag) => images.get(tag)?.replace(/^.*@/, '');
}

/** Records what was pushed or pinned, so that the manifests run exactly that; the other entries stay. */
export function writeImages(images: Readonly<Record<string, string>>, file: string = LOCK_FILE): void {
  const all = Object.entries({ ...locked(file), ...lock.parse(images) });
  const sorted = Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

/** A service's name has no tag. */
const isReference = (name: string): boolean => name.includes(':');

function locked(file: string): Readonly<Record<string, string>> {
  if (!existsSync(file)) return {};
  const read = lock.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (read.success) return read.data;
  return refuse(
    read.error.issues.map(({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`).join('\n'),
  );
}

function refuse(problem: string): never {
  throw new Error(
    `images.lock.json cannot be used:\n${problem}\nDelete it to use this version's tags, or write it anew after that: "make push" for our images, "make pin" for those of others.`,
  );
}
