import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join, relative } from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import packageJson from '../package.json' with { type: 'json' };
import { IMAGE_NAMES, type ImageName } from './image-lock.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The programs of each service: what its container starts, and what stands in front of it. */
const ENTRY_POINTS: Readonly<Record<ImageName, Readonly<Record<string, string>>>> = {
  'order-service': { server: 'main.ts', 'wait-for-postgres': 'wait-for-postgres.ts' },
  'kitchen-service': { server: 'main.ts' },
  frontend: { server: 'main.ts' },
};

/** Folders that a service reads while it runs. They stand beside the bundle as they stand beside the source. */
const FILES: Readonly<Record<ImageName, readonly string[]>> = {
  'order-service': ['migrations'],
  'kitchen-service': [],
  frontend: ['assets'],
};

/**
 * Bundles a service into one file a program, so that its image holds no node_modules: an image builds in a second and
 * a container starts without reading thousands of files.
 *
 * @returns the folder that becomes the image's /app
 */
export async function bundle(name: ImageName, outdir: string = join(ROOT, 'build', name)): Promise<string> {
  const source = join(ROOT, 'services', name);
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    entryPoints: Object.entries(ENTRY_POINTS[name]).map(([out, entry]) => ({ in: join(source, entry), out })),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: 'linked',
    sourcesContent: false,
    // Readable stack traces are worth more than the kilobytes. Names are kept by that alone: `keepNames` would set one
    // at each creation of a function, which costs 1 % of an order.
    minify: false,
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'process.env.npm_package_version': JSON.stringify(packageJson.version) },
    // CommonJS packages in an ESM bundle still ask for Node's own modules with require.
    banner: {
      js: "import { createRequire as bundleRequire } from 'node:module'; const require = bundleRequire(import.meta.url);",
    },
  });
  for (const folder of FILES[name]) {
    const from = join(source, folder);
    if (!existsSync(from))
      throw new Error(`${relative(ROOT, from)} is missing: ${name} reads it while it runs.`);
    cpSync(from, join(outdir, folder), { recursive: true });
  }
  // Node looks for the nearest package.json to know that server.js is a module.
  cpSync(join(ROOT, 'images', 'module.package.json'), join(outdir, 'package.json'));
  return outdir;
}

/** The names given on the command line, or all. @throws Error that lists the names there are */
export function imagesNamed(words: readonly string[]): readonly ImageName[] {
  if (words.length === 0) return IMAGE_NAMES;
  const names = z.array(z.enum(IMAGE_NAMES)).safeParse(words);
  if (names.success) return names.data;
  throw new Error(`There is no image "${words.join(' ')}"; the images are: ${IMAGE_NAMES.join(', ')}.`);
}
