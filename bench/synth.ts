import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// How long `npx cdk8s synth` takes for the café, as a ratio to the same command on an app with one empty chart. The two
// take turns, so that whatever else this computer does falls on both; the median of each is compared.

const ROUNDS = 11;
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const output = mkdtempSync(join(tmpdir(), 'cafe-bench-'));

const seconds = (program: string): number => {
  const started = performance.now();
  const { status, stderr } = spawnSync(
    'npx',
    ['cdk8s', 'synth', '--app', `node --import tsx ${program}`, '--output', join(output, 'dist')],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' } },
  );
  if (status !== 0) throw new Error(`cdk8s synth of ${program} failed:\n${stderr}`);
  return (performance.now() - started) / 1000;
};

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN;

try {
  const programs = ['bench/empty-chart.ts', 'cdk8s/main.ts'] as const;
  // The first run of each fills tsx's cache.
  for (const program of programs) seconds(program);
  const [empty, cafe] = [new Array<number>(), new Array<number>()];
  for (let round = 0; round < ROUNDS; round += 1) {
    empty.push(seconds(programs[0]));
    cafe.push(seconds(programs[1]));
  }
  const ratio = median(cafe) / median(empty);
  console.log(`one empty chart   ${median(empty).toFixed(2)} s (median of ${ROUNDS})`);
  console.log(`the café          ${median(cafe).toFixed(2)} s (median of ${ROUNDS})`);
  console.log(`ratio             ${ratio.toFixed(2)} (at most 1.25 is the aim)`);
} finally {
  rmSync(output, { recursive: true, force: true });
}
