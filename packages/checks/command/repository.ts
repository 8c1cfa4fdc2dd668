import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { git } from './git.js';

/** The git repository that a file is in, for what in it points to its other folders. */
export class Repository {
  private constructor(
    /** Its top folder; nothing outside of every repository. */
    private readonly root: string | undefined,
    private readonly remotes: readonly string[],
  ) {}

  /** The one of a file or folder. Outside of every repository, and for what is no file, nothing is in it. */
  static of(path: string): Repository {
    if (!existsSync(path)) return new Repository(undefined, []);
    const folder = statSync(path).isDirectory() ? path : dirname(path);
    const root = git(folder, ['rev-parse', '--show-toplevel'])?.trim();
    const urls = git(folder, ['config', '--get-regexp', String.raw`^remote\..*\.url$`]) ?? '';
    return new Repository(
      root,
      urls.split('\n').flatMap((line) => line.split(' ')[1] ?? []),
    );
  }

  /** Whether a URL is that of one of its remotes. A working copy without remotes cannot say: there, it may be any. */
  mayBe(url: string): boolean {
    return this.remotes.length === 0 || this.remotes.some((remote) => nameOf(remote) === nameOf(url));
  }

  /** A folder of it, as a path from the working directory; nothing when it is not there. */
  folder(path: string): string | undefined {
    if (this.root === undefined) return undefined;
    const directory = join(this.root, path);
    if (relative(this.root, directory).startsWith('..') || !existsSync(directory)) return undefined;
    return relative(process.cwd(), directory) || '.';
  }

  /** A path from its top, for one that is written from a folder of it. */
  pathOf(folder: string, path: string): string {
    return relative(this.root ?? '.', resolve(folder, path));
  }

  /** The folders that a pattern such as `apps/*` names, in order. */
  folders(pattern: string): readonly string[] {
    const { root } = this;
    if (root === undefined) return [];
    return pattern.split('/').reduce<readonly string[]>(
      (above, part) => {
        if (part === '' || part === '.') return above;
        const wanted = matching(part);
        return above.flatMap((path) =>
          readdirSync(join(root, path), { withFileTypes: true })
            .filter((entry) => entry.isDirectory() && entry.name !== '.git' && wanted.test(entry.name))
            .map(({ name }) => join(path, name))
            .sort(),
        );
      },
      [''],
    );
  }
}

const matching = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^$()|{}[\]\\]/g, String.raw`\$&`)
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

/** A URL as the repository that it names, however it is reached: `https://`, `ssh://` and `git@host:` are one. */
const nameOf = (url: string): string =>
  url
    .replace(/^[a-z+]+:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/^([^/:]+):(?:\d+\/)?/, '$1/')
    .replace(/\/*(?:\.git)?\/*$/, '')
    .toLowerCase();
