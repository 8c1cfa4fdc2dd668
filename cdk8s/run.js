// Runs a TypeScript program of this repository: `node cdk8s/run.js cdk8s/main.ts [word …]`.
//
// Why not `node --import tsx`? It loads hundreds of small files one by one and compiles each, which was half of the café's
// synth. Here they are bundled into one file, the packages from npm included, and bundled again only when one of them has
// changed; what V8 compiled of it lies beside it for the next time: `make bench-synth`. That is a CommonJS file, so that no
// module of a program awaits at its top level.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import Module, { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import console from 'node:console';
import process from 'node:process';
import { fileURLToPath, pathToFileURL, URL } from 'node:url';
import { Script } from 'node:vm';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [, , program, ...words] = process.argv;
if (program === undefined) {
  console.error('usage: node cdk8s/run.js PROGRAM.ts [word …]');
  process.exit(2);
}

const name = relative(ROOT, resolve(program)).replace(/\.ts$/, '').replaceAll('/', '-');
const bundle = join(ROOT, 'build', 'programs', `${name}.cjs`);
const noteOfInputs = `${bundle}.json`;
const compiled = `${bundle}.compiled`;

/** What a file is known by: a change of its content changes one of them. */
const stateOf = (path) => {
  const { mtimeMs, size } = statSync(path);
  return `${mtimeMs} ${size}`;
};

function isCurrent() {
  try {
    const inputs = Object.entries(JSON.parse(readFileSync(noteOfInputs, 'utf8')));
    return inputs.every(([path, state]) => stateOf(path) === state);
  } catch {
    return false;
  }
}

/** In a bundle every file would have the bundle's address, and look for its neighbours there. */
const ownAddress = {
  name: 'own-address',
  setup({ onLoad }) {
    onLoad({ filter: /\.(?:[cm]?js|ts)$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll(/(?<![\w$.'"`])__dirname(?![\w$'"`:])/g, JSON.stringify(dirname(path)));
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/** Zod's messages in fifty languages are a third of a bundle, and nobody asks for another than English. */
const onlyEnglish = {
  name: 'only-english',
  setup({ onLoad }) {
    onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {};' }));
  },
};

/** Writes a file at once: whoever runs the same program beside us reads the old one or the new one. */
function writeWhole(path, content) {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, content);
  renameSync(own, path);
}

async function makeBundle() {
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    entryPoints: [resolve(program)],
    outfile: bundle,
    write: false,
    bundle: true,
    metafile: true,
    absWorkingDir: ROOT,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
    plugins: [onlyEnglish, ownAddress],
  });
  const own = [fileURLToPath(import.meta.url), join(ROOT, 'package-lock.json'), join(ROOT, 'tsconfig.json')];
  const inputs = [...Object.keys(metafile.inputs).map((path) => join(ROOT, path)), ...own];
  mkdirSync(dirname(bundle), { recursive: true });
  writeWhole(bundle, outputFiles[0].contents);
  writeWhole(noteOfInputs, JSON.stringify(Object.fromEntries(inputs.map((path) => [path, stateOf(path)]))));
}

/** Runs the bundle as `require` would, with what V8 compiled of the same text before, or keeps that for the next time. */
function run() {
  const source = readFileSync(bundle, 'utf8');
  // V8 itself compares no more than the length of the text.
  const digest = createHash('sha256').update(source).digest();
  const known = compiledBefore(digest);
  const script = new Script(Module.wrap(source), { filename: bundle, cachedData: known });
  if (known === undefined || script.cachedDataRejected) {
    // At the end, when what is compiled is what was called.
    process.once('exit', () => {
      try {
        writeWhole(compiled, Buffer.concat([digest, script.createCachedData()]));
      } catch {
        // Where nothing can be written it goes without.
      }
    });
  }
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle));
}

/** @returns nothing when there is nothing, or of another text */
function compiledBefore(digest) {
  try {
    const file = readFileSync(compiled);
    return digest.equals(file.subarray(0, digest.length)) ? file.subarray(digest.length) : undefined;
  } catch {
    return undefined;
  }
}

if (!isCurrent()) await makeBundle();
process.argv.splice(1, process.argv.length, resolve(program), ...words);
run();
