import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

test('the examples of the README run, and the patch lands', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const readme = await readFile(new URL('README.md', import.meta.url), 'utf8');
  const [first = '', patch = ''] = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  const outdir = await mkdtemp(join(tmpdir(), 'constructs-readme-'));
  try {
    const program = `${first.replace('app.synth();\n', '')}${patch}app.synth();\n`;
    const tsx = createRequire(import.meta.url).resolve('tsx');
    await promisify(execFile)(process.execPath, ['--import', tsx, '--input-type=module', '--eval', program], {
      cwd: root,
      env: { ...process.env, CDK8S_OUTDIR: outdir, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
    });
    expect(await readFile(join(outdir, 'shop.yaml'), 'utf8')).toContain('maxSurge: 100%');
  } finally {
    await rm(outdir, { recursive: true });
  }
});
