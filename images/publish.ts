import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DEFAULT_REGISTRY } from './image-lock.js';
import type { Artifact } from './oci-artifact.js';
import { Registry } from './registry.js';

const FILE = fileURLToPath(new URL('../build/published.json', import.meta.url));
const record = z.array(z.object({ reference: z.string(), billOfMaterials: z.string().optional() }));

/** Something with the place and the version under which it is published. */
export interface Publication {
  /** Below REGISTRY. */
  readonly repository: string;
  readonly version: string;
  readonly artifact: Artifact;
  /** A file that says what is in it, for `make sign`. @default - none */
  readonly billOfMaterials?: string;
}

/**
 * Pushes all of it to REGISTRY, or nothing when a version is there already with other contents: a version is published once,
 * and who has read it yesterday reads the same today.
 *
 * @returns each by its digest
 */
export async function publish(
  publications: readonly Publication[],
  file = FILE,
): Promise<z.output<typeof record>> {
  const registry = new Registry(process.env['REGISTRY'] ?? DEFAULT_REGISTRY);
  const there = new Map<Publication, string | undefined>();
  for (const each of publications) there.set(each, await registry.digestOf(each.repository, each.version));
  const refused = [...there].filter(
    ([{ artifact }, digest]) => digest !== undefined && digest !== artifact.manifest.digest,
  );
  if (refused.length > 0) {
    const lines = refused.map(
      ([{ repository, version, artifact }, digest]) =>
        `  ${repository}:${version} is ${digest ?? ''}, and would be ${artifact.manifest.digest}`,
    );
    throw new Error(
      `Nothing was pushed: published with other contents already, and a version is published once:\n${lines.join('\n')}\nRaise the version: "version" in package.json of the café, or of packages/postgresql for its chart.`,
    );
  }
  const published: z.output<typeof record> = [];
  for (const { repository, version, artifact, billOfMaterials } of publications) {
    const reference = await registry.push(repository, version, artifact);
    published.push({ reference, ...(billOfMaterials === undefined ? {} : { billOfMaterials }) });
  }
  const before = lastPublished(file).filter(
    ({ reference }) => !published.some((now) => repositoryOf(now.reference) === repositoryOf(reference)),
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify([...before, ...published], undefined, 2)}\n`);
  return published;
}

/** What was pushed from here last, of each repository, by its digest. */
export function lastPublished(file = FILE): z.output<typeof record> {
  return existsSync(file) ? record.parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
}

const repositoryOf = (reference: string): string => reference.replace(/@.*$/, '');
