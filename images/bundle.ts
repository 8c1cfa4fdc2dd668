import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join, relative } from 'node:path';
import { build, type Plugin } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };
import type { ImageContents } from '@cafe-lumiere/contract';
import { cafeServices } from '../cdk8s/services.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A service whose image is built here, and what is in it. */
export interface ImageService {
  /** Its name, and its folder below services/. */
  readonly name: string;
  readonly image: ImageContents;
}

/** The services of the café with an image of their own, as cdk8s/cafe.ts declares them. */
export function imageServices(): readonly ImageService[] {
  const declared = cafeServices().flatMap(({ declaration: { name, image } }) =>
    image ? [{ name, image }] : [],
  );
  return [...new Map(declared.map((service) => [service.name, service])).values()];
}

/**
 * Bundles a service into one file a program, so that its image holds no node_modules: an image builds in a second and
 * a container starts without reading thousands of files.
 *
 * @param plugins - what a benchmark exchanges of it; an image has none
 * @returns the folder, which is all of the image's /app but its bill of materials, and the files that the programs are made of
 */
export async function bundle(
  { name, image }: ImageService,
  outdir: string = join(ROOT, 'build', name),
  plugins: Plugin[] = [],
): Promise<{ readonly folder: string; readonly files: readonly string[] }> {
  const source = join(ROOT, 'services', name);
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const { metafile } = await build({
    entryPoints: Object.entries(image.programs).map(([out, entry]) => ({ in: join(source, entry), out })),
    outdir,
    plugins,
    bundle: true,
    // What is loaded by import() alone is a file of its own, which nobody reads who does not need it: the export of traces.
    splitting: true,
    metafile: true,
    absWorkingDir: ROOT,
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
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  for (const folder of image.folders ?? []) {
    const from = join(source, folder);
    if (!existsSync(from))
      throw new Error(`${relative(ROOT, from)} is missing: ${name} reads it while it runs.`);
    cpSync(from, join(outdir, folder), { recursive: true });
  }
  // Node looks for the nearest package.json to know that server.js is a module.
  cpSync(join(ROOT, 'images', 'module.package.json'), join(outdir, 'package.json'));
  return { folder: outdir, files };
}

/** The services named on the command line, or all. @throws Error that lists the names there are */
export function servicesNamed(words: readonly string[]): readonly ImageService[] {
  const services = imageServices();
  if (words.length === 0) return services;
  return words.map((word) => {
    const service = services.find(({ name }) => name === word);
    if (service) return service;
    throw new Error(
      `There is no image "${word}"; the images are: ${services.map(({ name }) => name).join(', ')}.`,
    );
  });
}
