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
  if (!existsSync(file)) return imageTag;
  const read = lock.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  const refuse = (problem: string): never => {
    throw new Error(
      `images.lock.json cannot be used:\n${problem}\nRun "make push" to write it anew, or delete it to use this version's tags.`,
    );
  };
  if (!read.success) {
    return refuse(
      read.error.issues
        .map(({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`)
        .join('\n'),
    );
  }
  return (service) => read.data[service] ?? refuse(`  ${service}: is missing`);
}

/** Records what was pushed, so that the manifests run exactly that. */
export function writeImages(images: Readonly<Record<string, string>>, file: string = LOCK_FILE): void {
  writeFileSync(file, `${JSON.stringify(lock.parse(images), undefined, 2)}\n`);
}
