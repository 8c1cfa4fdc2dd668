import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { z } from 'zod';
import { postgresqlChartFiles } from './chart.js';
import { postgresqlValues } from './values.js';

const PACKAGE = fileURLToPath(new URL('.', import.meta.url));
const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));

describe('the package, packed, compiled and installed in a stranger’s folder', () => {
  let folder: string;
  let installed: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'postgresql-package-'));
    installed = join(folder, 'node_modules', '@cafe-lumiere', 'postgresql');
    mkdirSync(installed, { recursive: true });
    run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], PACKAGE);
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'], folder);
    const sources = readdirSync(PACKAGE).filter((name) => /(?<!\.test)\.ts$/.test(name));
    await build({
      entryPoints: sources.map((name) => join(PACKAGE, name)),
      outdir: join(installed, 'build'),
      format: 'esm',
    });
    const { dependencies } = z
      .object({ dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')));
    for (const name of Object.keys(dependencies)) {
      symlinkSync(join(MODULES, name), join(folder, 'node_modules', name));
    }
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const run = (command: string, words: readonly string[], cwd = folder) => {
    const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  /** The program, by the one name that npx takes it by. */
  const program = (...words: readonly string[]) => {
    const { bin } = z
      .object({ bin: z.object({ 'postgresql-chart': z.string() }) })
      .parse(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')));
    return run('node', [join(installed, bin['postgresql-chart']), ...words]);
  };
  const filesBelow = (directory: string): ReadonlyMap<string, string> =>
    new Map(
      readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => [path.slice(directory.length + 1), readFileSync(path, 'utf8')]),
    );

  test('its program writes the whole chart, with nobody’s values and no password', () => {
    expect(program('chart')).toMatchObject({ status: 0, stderr: '' });
    const written = filesBelow(join(folder, 'chart'));
    expect(written).toEqual(postgresqlChartFiles());
    expect(parse(written.get('values.yaml') ?? '')).toEqual(postgresqlValues.parse({}));
    expect(postgresqlValues.parse({}).auth).toMatchObject({ password: '', existingSecret: '' });
  });

  test('its program does not mix with what is there, and says how it is used', () => {
    mkdirSync(join(folder, 'full'));
    writeFileSync(join(folder, 'full', 'notes.txt'), '');
    expect(program('full')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^postgresql-chart: full is not empty \(notes\.txt is there\)/),
    });
    expect(program()).toMatchObject({ status: 2, stderr: expect.stringMatching(/^usage: /) });
    expect(program('--fodler')).toMatchObject({ status: 2, stderr: expect.stringContaining('--fodler') });
    expect(program('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^usage: /) });
  });

  test('the README’s example runs, and prints what the README says', () => {
    const readme = readFileSync(join(installed, 'README.md'), 'utf8');
    const [, example = '', , printed = ''] = readme.split(/^```(?:ts)?\n/m);
    writeFileSync(join(folder, 'example.mjs'), example);
    expect(run('node', ['example.mjs'])).toEqual({ status: 0, stdout: printed, stderr: '' });
    expect(filesBelow(join(folder, 'charts', 'shop')).get('values.yaml')).toContain(
      'existingSecret: shop-database',
    );
  });

  test('without its templates it says what is wrong', () => {
    rmSync(join(installed, 'templates'), { recursive: true });
    expect(program('another').stderr).toContain('declare it as external there');
  });
});
