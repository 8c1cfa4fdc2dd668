import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * A program as one file, as it is in an image: for tests that start it many times. From its sources each start reads and
 * compiles a hundred files anew.
 *
 * @param source - the TypeScript file
 * @returns the JavaScript file, which goes when the process ends
 */
export async function bundledProgram(source: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'program-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const outfile = join(folder, 'program.mjs');
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'warning',
    // CommonJS packages in an ESM bundle still ask for Node's own modules with require.
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
  });
  return outfile;
}
