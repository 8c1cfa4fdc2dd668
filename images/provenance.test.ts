import { expect, test } from '@jest/globals';
import { provenance } from './provenance.js';

const facts = { service: 'till', commit: 'c'.repeat(40), lockFileSha256: 'a'.repeat(64) };
const DIGEST = 'b'.repeat(64);

test('an image’s provenance names the commit, the lock file, and the base where it is pinned', () => {
  const { buildDefinition } = provenance({ ...facts, base: `node:24-slim@sha256:${DIGEST}` });
  expect(buildDefinition.resolvedDependencies).toEqual([
    { name: 'sources', digest: { gitCommit: facts.commit } },
    { name: 'package-lock.json', digest: { sha256: facts.lockFileSha256 } },
    { uri: 'pkg:docker/node@24-slim', digest: { sha256: DIGEST } },
  ]);
  const unpinned = provenance({ ...facts, base: 'node:24-slim' }).buildDefinition;
  expect(JSON.stringify(unpinned.resolvedDependencies)).not.toContain('node');
  expect(unpinned.externalParameters.base).toBe('node:24-slim');
});
