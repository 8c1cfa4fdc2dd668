import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** What an image was made from. */
export interface BuildFacts {
  readonly service: string;
  /** With its digest, where it is pinned. */
  readonly base: string;
  /** The commit of the sources, all of them. */
  readonly commit: string;
  /** Of package-lock.json, in hex. */
  readonly lockFileSha256: string;
}

/**
 * The predicate of an attestation, SLSA provenance 1 (https://slsa.dev/spec/v1.0/provenance). Whoever signs it vouches for it:
 * level 1 from a computer of your own; higher ones need a builder that those who build cannot change.
 */
export function provenance({ service, base, commit, lockFileSha256 }: BuildFacts) {
  const [tag = base, digest] = base.split('@sha256:');
  return {
    buildDefinition: {
      buildType: 'urn:cafe-lumiere:make-images:1',
      externalParameters: { service, dockerfile: 'services/Dockerfile', base },
      resolvedDependencies: [
        { name: 'sources', digest: { gitCommit: commit } },
        { name: 'package-lock.json', digest: { sha256: lockFileSha256 } },
        // Without a digest nobody can say later which image it was.
        ...(digest === undefined
          ? []
          : [{ uri: `pkg:docker/${tag.replace(':', '@')}`, digest: { sha256: digest } }]),
      ],
    },
    runDetails: {
      builder: { id: process.env['BUILDER_ID'] ?? 'urn:cafe-lumiere:a-computer-of-whoever-signs' },
    },
  };
}

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const fileOf = (service: string): string => at(`build/provenance/${service}.json`);
const record = z.object({ image: z.string(), predicate: z.looseObject({}) });

/** Where the sources are all in a commit: that commit. */
function cleanCommit(): string | undefined {
  const git = (...words: readonly string[]) =>
    spawnSync('git', ['-C', at('.'), ...words], { encoding: 'utf8' });
  const status = git('status', '--porcelain', '--', '.', ':!images.lock.json', ':!dist');
  return status.status === 0 && status.stdout === '' ? git('rev-parse', 'HEAD').stdout.trim() : undefined;
}

/** Remembers what an image was just made from; nothing when the sources are in no commit. */
export function rememberProvenance(image: string, service: string, base: string): void {
  const file = fileOf(service);
  rmSync(file, { force: true });
  const commit = cleanCommit();
  if (commit === undefined) return;
  const lockFileSha256 = hash('sha256', readFileSync(at('package-lock.json'), 'utf8'), 'hex');
  const predicate = provenance({ service, base, commit, lockFileSha256 });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ image, predicate }, undefined, 2)}\n`);
}

/** The file with the predicate for this very image, or nothing where it was made elsewhere or from no commit. */
export function predicateFile(image: string, service: string): string | undefined {
  try {
    const { image: made, predicate } = record.parse(JSON.parse(readFileSync(fileOf(service), 'utf8')));
    if (made !== image) return undefined;
    const file = fileOf(`${service}.predicate`);
    writeFileSync(file, JSON.stringify(predicate));
    return file;
  } catch {
    return undefined;
  }
}
