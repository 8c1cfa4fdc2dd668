import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import packageJson from '../package.json' with { type: 'json' };

/** The images that this repository builds. */
export const IMAGE_NAMES = ['order-service', 'kitchen-service', 'frontend'] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

/** kind's documented local registry: https://kind.sigs.k8s.io/docs/user/local-registry/ */
export const DEFAULT_REGISTRY = 'localhost:5001';

const LOCK_FILE = fileURLToPath(new URL('../images.lock.json', import.meta.url));

const digestReference = z
  .string()
  .regex(
    /^[a-z0-9][^\s@]*:[\w][\w.-]{0,127}@sha256:[0-9a-f]{64}$/,
    'is no registry/name:tag@sha256:<64 hex digits>',
  );
const lock = z.strictObject({
  'order-service': digestReference,
  'kitchen-service': digestReference,
  frontend: digestReference,
} satisfies Record<ImageName, typeof digestReference>);

/** `<registry>/cafe-lumiere/<name>:<version of package.json>`, without a digest. */
export function imageTag(name: ImageName, registry: string = DEFAULT_REGISTRY): string {
  return `${registry}/cafe-lumiere/${name}:${packageJson.version}`;
}

/**
 * The images that the manifests name: exactly those that `make push` recorded in images.lock.json, else this version's
 * tags in kind's local registry.
 *
 * @throws Error that names the entry of the lock file that is wrong
 */
export function readImages(file: string = LOCK_FILE): Readonly<Record<ImageName, string>> {
  if (!existsSync(file)) {
    return {
      'order-service': imageTag('order-service'),
      'kitchen-service': imageTag('kitchen-service'),
      frontend: imageTag('frontend'),
    };
  }
  const read = lock.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (read.success) return read.data;
  const problems = read.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'the file'}: ${message}`,
  );
  throw new Error(
    `images.lock.json cannot be used:\n${problems.join('\n')}\nRun "make push" to write it anew, or delete it to use this version's tags.`,
  );
}

/** Records what was pushed, so that the manifests run exactly that. */
export function writeImages(images: Readonly<Record<ImageName, string>>, file: string = LOCK_FILE): void {
  writeFileSync(file, `${JSON.stringify(lock.parse(images), undefined, 2)}\n`);
}
