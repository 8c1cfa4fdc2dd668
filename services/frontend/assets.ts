import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Problem, type Route } from '@cafe-lumiere/runtime/http';

const FOLDER = new URL('./assets/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** The best first. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;
type Encoding = (typeof ENCODINGS)[number];

/** Compressed once a process, so it may take its time. */
const FILES: ReadonlyMap<string, Readonly<Record<Encoding, Buffer>>> = new Map(
  readdirSync(FOLDER)
    .sort()
    .map((name) => {
      const content = readFileSync(new URL(name, FOLDER));
      return [name, { identity: content, gzip: gzipSync(content), br: brotliCompressSync(content) }];
    }),
);

/**
 * The pages' files, kept in memory. They lie below a folder that is named by a hash of them all, so that browsers may
 * keep them for ever, and scripts can import each other by plain relative names.
 */
export class Assets {
  private readonly version: string;

  constructor() {
    const hash = createHash('sha256');
    for (const [name, { identity }] of FILES) hash.update(name).update(identity);
    this.version = hash.digest('hex').slice(0, 16);
  }

  /** Where a page finds a file. @throws Error for a file that is not there */
  path(name: string): string {
    if (!FILES.has(name)) throw new Error(`services/frontend/assets has no file ${name}`);
    return `/assets/${this.version}/${name}`;
  }

  /** The route that serves them. During a rollout a page of the other version may ask: it gets ours, unkept. */
  route(): Route {
    return {
      method: 'get',
      path: '/assets/:version/:name',
      audience: 'everybody',
      answer: (context, { version, name = '' }) => {
        const content = FILES.get(name);
        if (content === undefined) throw new Problem(404, { detail: `There is nothing at ${context.path}.` });
        const kept = version === this.version;
        context.set('Cache-Control', kept ? 'public, max-age=31536000, immutable' : 'no-store');
        context.vary('Accept-Encoding');
        const encoding = ENCODINGS.find((each) => context.acceptsEncodings(each) === each) ?? 'identity';
        if (encoding !== 'identity') context.set('Content-Encoding', encoding);
        context.body = content[encoding];
        context.type = TYPES[extname(name)] ?? 'application/octet-stream';
      },
    };
  }
}
