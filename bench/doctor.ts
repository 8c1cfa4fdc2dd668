import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manyCopies, together } from '../packages/checks/doctor/many-copies-fixture.js';
import { readBundle, writeBundle } from '../packages/checks/doctor/reading/bundle.js';
import type { Reading } from '../packages/checks/doctor/reading/reading.js';

// How long `cafe doctor` takes for a bundle of two thousand pods: the recorded shop whose store crashes, and the healthy
// one, many times over, in as many namespaces.

const PODS = 2000;
const bundle = (name: string): Reading =>
  readBundle(fileURLToPath(new URL(`../packages/checks/doctor/fixtures/${name}.json.gz`, import.meta.url)));

const podsIn = ({ objects }: Reading): number => objects.filter(({ kind }) => kind === 'Pod').length;

const [healthy, crashing] = [bundle('healthy'), bundle('store-crashes')];
const each = Math.ceil(PODS / (podsIn(healthy) * 9 + podsIn(crashing)));
const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
try {
  const file = join(folder, 'many.json');
  writeBundle(file, together([manyCopies(crashing, each), manyCopies(healthy, each * 9)]));
  const started = performance.now();
  const { stdout, status } = spawnSync('node', ['bin/cafe.js', 'doctor', file], { encoding: 'utf8' });
  const seconds = (performance.now() - started) / 1000;
  console.log((stdout.split('\n')[0] ?? '').replace(/^.*: /, ''));
  console.log(`${stdout.trim().split('\n').at(-1) ?? ''} (exit ${status}) in ${seconds.toFixed(1)} s`);
} finally {
  rmSync(folder, { recursive: true });
}
