import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeNaive } from './naive.js';

test('the naive variant has lost what the café’s manifests have, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cafe-naive-'));
  try {
    makeNaive('dist/deployments.yaml', join(folder, 'naive.yaml'));
    const naive = readFileSync(join(folder, 'naive.yaml'), 'utf8');
    expect(naive.match(/readinessProbe: null/g)).toHaveLength(3);
    expect(naive.match(/startupProbe: null/g)).toHaveLength(3);
    expect(naive).not.toContain('/startupz');
    expect(naive).not.toContain('wait-for-postgres');
    expect(naive.match(/name: DRAIN_SECONDS\n\s+value: "0"/g)).toHaveLength(3);
    expect(naive.match(/maxSurge: 0/g)).toHaveLength(3);
    const kinds = (text: string) => text.match(/^kind: .+/gm)?.sort();
    expect(kinds(naive)).toEqual(kinds(readFileSync('dist/deployments.yaml', 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
