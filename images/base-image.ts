import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The Dockerfile of all services. */
export const DOCKERFILE = fileURLToPath(new URL('../services/Dockerfile', import.meta.url));

/** The tag that the services' images are built on, as the Dockerfile says it. */
export function baseImage(): string {
  const found = /^ARG BASE=(\S+)$/m.exec(readFileSync(DOCKERFILE, 'utf8'))?.[1];
  if (found !== undefined) return found;
  throw new Error('services/Dockerfile has no line "ARG BASE=…", which says what the images are built on.');
}
