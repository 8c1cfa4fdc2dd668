import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check, readDirectory, readReleases } from '@cafe-lumiere/checks';
import { environments } from '../cdk8s/environments.js';
import { SERVICES } from './size.js';
import { median } from './statistics.js';

// How long `npx cdk8s synth` takes, each time as a ratio to the same command on a program to compare with. The two take
// turns, so that whatever else this computer does falls on both; the median of each is compared.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const output = mkdtempSync(join(tmpdir(), 'cafe-bench-'));

interface Program {
  readonly name: string;
  readonly file: string;
}

const seconds = ({ file }: Program): number => {
  const started = performance.now();
  const { status, stderr } = spawnSync(
    'npx',
    ['cdk8s', 'synth', '--app', `node cdk8s/run.js ${file}`, '--output', join(output, 'dist')],
    { cwd: ROOT, encoding: 'utf8', env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' } },
  );
  if (status !== 0) throw new Error(`cdk8s synth of ${file} failed:\n${stderr}`);
  return (performance.now() - started) / 1000;
};

function compare(measured: Program, yardstick: Program, rounds: number, aim?: string): void {
  // The first run of each bundles it.
  seconds(yardstick);
  seconds(measured);
  const [expected, found] = [new Array<number>(), new Array<number>()];
  for (let round = 0; round < rounds; round += 1) {
    expected.push(seconds(yardstick));
    found.push(seconds(measured));
  }
  for (const [{ name }, times] of [[yardstick, expected] as const, [measured, found] as const]) {
    console.log(`${name.padEnd(46)}${median(times).toFixed(2)} s (median of ${rounds})`);
  }
  console.log(
    `${'ratio'.padEnd(46)}${(median(found) / median(expected)).toFixed(2)}${aim === undefined ? '' : ` (at most ${aim} is the aim)`}\n`,
  );
}

try {
  compare(
    { name: 'the café, one environment', file: 'bench/one-environment.ts' },
    { name: 'one empty chart', file: 'bench/empty-chart.ts' },
    11,
    '1.15',
  );
  compare(
    { name: `the café, ${Object.keys(environments).length} environments`, file: 'cdk8s/main.ts' },
    { name: 'one empty chart', file: 'bench/empty-chart.ts' },
    11,
  );
  compare(
    { name: `${SERVICES} ProbedServices, all checks`, file: 'bench/many.ts' },
    { name: `${SERVICES} plain Deployments and Services`, file: 'bench/many-plain.ts' },
    7,
    '1.6',
  );
  const { manifests } = readDirectory(join(output, 'dist'));
  const releases = readReleases(join(output, 'dist'));
  const started = performance.now();
  const { objects } = check(manifests, { releases });
  const took = (performance.now() - started) / 1000;
  console.log(
    `the checks alone, ${objects.length} objects`.padEnd(46) + `${took.toFixed(2)} s (under 2 s is the aim)`,
  );
} finally {
  rmSync(output, { recursive: true, force: true });
}
