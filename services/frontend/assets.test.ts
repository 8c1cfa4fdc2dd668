import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { Assets } from './assets.js';
import { frontendServer } from './frontend.js';

const assets = new Assets();
let pages: ServiceFixture;

beforeAll(async () => {
  const nobody = 'http://127.0.0.1:1';
  pages = await ServiceFixture.start(frontendServer, {
    ORDER_SERVICE_URL: nobody,
    KITCHEN_SERVICE_URL: nobody,
  });
});

afterAll(async () => {
  await pages.drain();
});

describe('the pages’ files', () => {
  test.each([
    ['style.css', 'text/css; charset=utf-8'],
    ['order.js', 'text/javascript; charset=utf-8'],
    ['favicon.svg', 'image/svg+xml; charset=utf-8'],
  ])('%s is %s and may be kept for ever', async (name, type) => {
    const path = assets.path(name);
    expect(path).toMatch(/^\/assets\/[0-9a-f]{16}\//);
    const { status, headers, text } = await pages.send('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(text).not.toBe('');
  });

  test('a page of another version gets our file, and must not keep it', async () => {
    const { status, headers } = await pages.send('GET', '/assets/0123456789abcdef/style.css');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test.each([
    '/assets/x/none.css',
    '/assets/x/..%2Ffrontend.ts',
    '/assets/x/%2e%2e/main.ts',
    '/assets/style.css',
  ])('%s is nothing', async (path) => {
    expect((await pages.send('GET', path)).status).toBe(404);
  });

  test('every file that a page or a file names is there, and nothing is from elsewhere', async () => {
    const { text: page } = await pages.send('GET', '/');
    const linked = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].flatMap(([, path = '']) =>
      path.startsWith('/assets/') ? [path] : [],
    );
    expect(linked).toHaveLength(3);
    expect(page).not.toMatch(/(?:href|src|action)="(?!\/)/);
    const files = await readdir(new URL('assets/', import.meta.url));
    for (const path of [...linked, ...files.map((name) => assets.path(name))]) {
      const { status, text } = await pages.send('GET', path);
      expect({ path, status }).toEqual({ path, status: 200 });
      for (const [, imported = ''] of text.matchAll(/from '\.\/([^']+)'/g)) {
        expect(() => assets.path(imported)).not.toThrow();
      }
    }
  });

  test('a name that is not there is said before a page is sent', () => {
    expect(() => assets.path('stile.css')).toThrow('services/frontend/assets has no file stile.css');
  });
});
