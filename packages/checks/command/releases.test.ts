import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Manifest } from '../model/manifest.js';
import { BOOKSHOP } from '../testing/bookshop.js';
import { rendered } from '../testing/chart-template.js';
import { readRelease, textFiles } from './releases.js';

const directory = join(BOOKSHOP, 'helm/postgresql');
const helmFound = spawnSync('helm', ['version']).status === 0;

const byTitle = (manifests: readonly Manifest[]) =>
  Object.fromEntries(
    manifests.map(({ kind, namespace, name, content }) => [`${kind} ${namespace}/${name}`, content]),
  );

test('the fixture’s release.json is what its chart makes', () => {
  const { objects } = JSON.parse(readFileSync(join(directory, 'release.json'), 'utf8')) as {
    objects: unknown[];
  };
  const files = new Map(textFiles(directory));
  expect(objects).toEqual(
    rendered({ files, release: 'bookshop', namespace: 'bookshop' }).map(({ content }) => content),
  );
});

(helmFound ? describe : describe.skip)('with the real Helm', () => {
  test('a release is what Helm renders, which is what the tests’ own few lines render', () => {
    const files = new Map(textFiles(directory));
    const release = readRelease({ name: 'db', namespace: 'shop', directory });
    expect(release.rendered).toBe(true);
    expect(byTitle(release.manifests)).toEqual(
      byTitle(rendered({ files, release: 'db', namespace: 'shop' })),
    );
  });
});

describe('without Helm', () => {
  const { PATH } = process.env;
  beforeAll(() => {
    process.env['PATH'] = '';
  });
  afterAll(() => {
    process.env['PATH'] = PATH;
  });

  test('a release is what its release.json says', () => {
    const release = readRelease({ name: 'bookshop', namespace: 'bookshop', directory });
    expect(release.rendered).toBe(false);
    expect(release.manifests.map(({ kind }) => kind)).toContain('StatefulSet');
  });

  test('no other release is known', () => {
    expect(() => readRelease({ name: 'db', namespace: 'shop', directory })).toThrow(
      'knows itself as the release bookshop in the namespace bookshop only. Install Helm to prove the release db in the namespace shop.',
    );
  });
});
