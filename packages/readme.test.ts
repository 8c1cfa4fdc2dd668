import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundledProgram } from './runtime/testing/bundled-fixture.js';

// The first example of each package's README, as it stands there.

const ROOT = fileURLToPath(new URL('..', import.meta.url));
let folder: string;

beforeAll(() => {
  // In the repository, where our packages and others are found.
  mkdirSync(join(ROOT, 'build'), { recursive: true });
  folder = mkdtempSync(join(ROOT, 'build', 'readme-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** The example as a file, and what the README says that it prints. */
function example(name: string): { readonly program: string; readonly printed: string | undefined } {
  const readme = readFileSync(join(ROOT, 'packages', name, 'README.md'), 'utf8');
  const [, code = '', printed] = /```ts\n(.*?)```(?:\n\nprints\n\n```\n(.*?)```)?/s.exec(readme) ?? [];
  const program = join(folder, `${name}.ts`);
  writeFileSync(program, code);
  return { program, printed };
}

const run = promisify(execFile);

test.each(['contract', 'checks'])('%s: the example prints what the README says', async (name) => {
  const { program, printed } = example(name);
  const { stdout } = await run(process.execPath, [await bundledProgram(program)], { cwd: ROOT });
  expect(stdout).toBe(printed);
});

test('constructs: the example writes manifests and a chart', async () => {
  const { program } = example('constructs');
  const output = join(folder, 'dist');
  const env = { ...process.env, CDK8S_OUTDIR: output };
  await run(process.execPath, ['--import', 'tsx', program], { cwd: ROOT, env });
  expect(readFileSync(join(output, 'shop.yaml'), 'utf8')).toContain('PRICES_URL: http://prices:8081');
  expect(readFileSync(join(output, 'helm/postgresql/Chart.yaml'), 'utf8')).toContain('name: postgresql');
});

test('runtime: the example greets', async () => {
  const { program } = example('runtime');
  const child = spawn(process.execPath, [await bundledProgram(program)], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', OPERATIONS_PORT: '0', DRAIN_SECONDS: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise<string>((done) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const found = /listening on [^"]*:(\d+)"/.exec(line)?.[1];
        if (found !== undefined) done(found);
      });
    });
    const answer = await fetch(`http://127.0.0.1:${port}/greetings/Ada`);
    expect(await answer.json()).toEqual({ greeting: 'Hello, Ada' });
  } finally {
    child.kill('SIGTERM');
  }
});
