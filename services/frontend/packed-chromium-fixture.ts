import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** Chromium as npm brings it: compressed, with the libraries and fonts that a bare computer lacks. */
export interface PackedChromium {
  /** The entry of `@sparticuz/chromium`. */
  readonly entry: string;
  /** Where it is unpacked, once for each version. */
  readonly folder: string;
}

/** What Playwright is told of a program. */
export interface UnpackedChromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The package makes its folders in `tmpdir()`, and adds its libraries only where it thinks that it runs in a Lambda. */
const UNPACK = 'import(process.argv[1]).then(({ default: chromium }) => chromium.executablePath())';
const IN_A_LAMBDA = { CODEBUILD_BUILD_IMAGE: 'nodejs20' } as const;

/** The package's own file looks for the fonts below /tmp. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts/fonts</dir></fontconfig>
`;

/** The package, on the one platform that it is built for. */
export function packedChromium(): PackedChromium | undefined {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const root = resolve(entry, '../../..');
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
  return { entry, folder: resolve(root, '../../.cache/cafe-lumiere', `chromium-${version}`) };
}

/** Unpacks it, which takes some seconds, or finds what an earlier run unpacked. */
export async function unpackChromium({ entry, folder }: PackedChromium): Promise<UnpackedChromium> {
  if (!existsSync(folder)) {
    await mkdir(resolve(folder, '..'), { recursive: true });
    // Beside its final place, so that nobody finds half of it.
    const staging = await mkdtemp(`${folder}.`);
    const env = { ...process.env, ...IN_A_LAMBDA, TMPDIR: staging };
    await promisify(execFile)(process.execPath, ['-e', UNPACK, entry], { env });
    await writeFile(join(staging, 'fonts.conf'), FONTS);
    await rename(staging, folder).catch(async (error: unknown) => {
      // Another test process was quicker.
      if (!existsSync(folder)) throw error;
      await rm(staging, { recursive: true });
    });
  }
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      // Without any font a page has no text, and Chromium ends when it should draw some.
      ...(existsSync('/etc/fonts') ? {} : { FONTCONFIG_FILE: join(folder, 'fonts.conf') }),
    },
  };
}
