import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { delimiter } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

// Last, for computers without a Helm: the one that `make helm` brings.
process.env.PATH += delimiter + fileURLToPath(new URL('build/bin', import.meta.url));
// Debian's `psql` is a program in Perl that looks for the real one, for longer than that one takes to start.
const { stdout: programs } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
if (programs) process.env.PATH = programs.trim() + delimiter + process.env.PATH;
// Helm is started hundreds of times for a moment each, of which a third went into collecting garbage and sharing the work.
process.env.GOGC ??= 'off';
process.env.GOMEMLIMIT ??= '512MiB';
process.env.GOMAXPROCS ??= '1';

// Each Node.js that starts reads these certificates, for longer than it otherwise takes to start; no test asks anybody outside.
delete process.env.NODE_EXTRA_CA_CERTS;

/** @type {import('jest').Config} */
export default {
  // Three more than there are processors: tests wait half of their time, for a drain or for a database that is away.
  maxWorkers: availableParallelism() + 3,
  testSequencer: './test/longest-first.js',
  reporters: ['default', './test/skipped-reporter.js'],
  testEnvironment: './test/exiting-environment.js',
  // Each file has its own globals: to go through them at its end only takes time.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  testMatch: ['<rootDir>/{bench,cdk8s,e2e,images,local,packages,services}/**/*.test.ts'],
  // The cluster tests' copies of this repository have packages of the same names.
  modulePathIgnorePatterns: ['<rootDir>/build/e2e/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
      },
    ],
  },
  moduleNameMapper: {
    // Sources import './x.js', as Node's ESM wants it; the file beside them is './x.ts'.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Our packages from their sources, as `paths` in tsconfig.json has it.
    '^@cafe-lumiere/([^/]+)((?:/[^/]+)*)$': '<rootDir>/packages/$1$2/index.ts',
  },
  // What hangs is found; what is slow because of others on the same processors is not called wrong.
  testTimeout: 120_000,
};
