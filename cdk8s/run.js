// Runs a TypeScript program of this repository: `node cdk8s/run.js cdk8s/main.ts [word …]`.
//
// Why not `node --import tsx`? It loads a hundred small files one by one, which was a third of the café's synth. Here
// they are bundled into one file, zod included, and bundled again only when one of them has changed: `make bench-synth`.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import console from 'node:console';
import process from 'node:process';
import { fileURLToPath, pathToFileURL, URL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const [, , program, ...words] = process.argv;
if (program === undefined) {
  console.error('usage: node cdk8s/run.js PROGRAM.ts [word …]');
  process.exit(2);
}

// Beside node_modules, where the packages that stay outside are found.
const name = relative(ROOT, resolve(program)).replace(/\.ts$/, '').replaceAll('/', '-');
const bundle = join(ROOT, 'build', 'programs', `${name}.cjs`);
const noteOfInputs = `${bundle}.json`;

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
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: 'ts' };
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

async function makeBundle() {
  const { build } = await import('esbuild');
  const { metafile } = await build({
    entryPoints: [resolve(program)],
    outfile: bundle,
    bundle: true,
    metafile: true,
    absWorkingDir: ROOT,
    platform: 'node',
    // As what stays outside: Node reads all of a CommonJS package's text before it lets an ES module import it.
    format: 'cjs',
    target: 'node20',
    // CommonJS, which cdk8s loads itself; a second copy would cost more than it saves.
    external: ['cdk8s', 'cdk8s-plus-28', 'constructs', 'yaml'],
    logLevel: 'warning',
    plugins: [ownAddress, onlyEnglish],
  });
  const own = [fileURLToPath(import.meta.url), join(ROOT, 'package-lock.json'), join(ROOT, 'tsconfig.json')];
  const inputs = [...Object.keys(metafile.inputs).map((path) => join(ROOT, path)), ...own];
  mkdirSync(dirname(noteOfInputs), { recursive: true });
  writeFileSync(
    noteOfInputs,
    JSON.stringify(Object.fromEntries(inputs.map((path) => [path, stateOf(path)]))),
  );
}

if (!isCurrent()) await makeBundle();
process.argv.splice(1, process.argv.length, resolve(program), ...words);
createRequire(import.meta.url)(bundle);
