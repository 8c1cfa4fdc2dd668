import { availableParallelism } from 'node:os';

/** @type {import('jest').Config} */
export default {
  // One more than there are processors: tests wait half of their time, for a drain or for a database that is away.
  maxWorkers: availableParallelism() + 1,
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{bench,cdk8s,e2e,images,local,packages,services}/**/*.test.ts'],
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
  testTimeout: 30_000,
};
