import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// Compiles every package into its build/, for those who install it: `npm run build`, and npm itself before a pack.

const PACKAGES = ['contract', 'checks', 'postgresql', 'constructs', 'runtime'];

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
execFileSync(process.execPath, [compiler, '--build', at('tsconfig.build.json')], { stdio: 'inherit' });

for (const name of PACKAGES) {
  const build = at(`${name}/build`);
  // The compiler leaves what it once made of a file that has gone.
  for (const entry of readdirSync(build, { recursive: true, withFileTypes: true })) {
    const made = join(entry.parentPath, entry.name);
    const source = at(`${name}/${relative(build, made)}`).replace(/\.d\.ts$|\.js$/, '.ts');
    if (entry.isFile() && source.endsWith('.ts') && !existsSync(source)) rmSync(made);
  }
  // npm packs the licence of a package's own folder only.
  cpSync(at('../LICENSE'), at(`${name}/LICENSE`));
}

// What each finding means, for `cafe explain`.
for (const folder of ['checks', 'doctor']) {
  cpSync(at(`../docs/${folder}`), at('checks/build/pages'), { recursive: true });
}

// The command: one file that starts in a fifth of the time of its hundred.
const command = at('checks/build/cafe.js');
await build({
  entryPoints: [at('checks/command/main.ts')],
  outfile: command,
  bundle: true,
  // Names stay, for the stack trace of whoever reports a mistake in it.
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  logLevel: 'warning',
  // CommonJS packages in an ESM bundle still ask for Node's own modules with require.
  banner: {
    js: "#!/usr/bin/env node\nimport { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
  },
});
chmodSync(command, 0o755);
