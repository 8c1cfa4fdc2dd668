import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { Manifest } from '../model/manifest.js';
import { BOOKSHOP } from '../testing/bookshop.js';
import { rendered } from '../testing/chart-template.js';
import { readRelease, textFiles } from './releases.js';

const directory = join(BOOKSHOP, 'helm/postgresql');
const CAFE = fileURLToPath(new URL('../../../bin/cafe.js', import.meta.url));
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

  test('a chart that asks what the cluster serves is answered as by one of today', () => {
    const chart = mkdtempSync(join(tmpdir(), 'cafe-asking-chart-'));
    const budget =
      'apiVersion: {{ if .Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget" }}policy/v1{{ else }}policy/v1beta1{{ end }}';
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: asking\nversion: 1.0.0\n');
    mkdirSync(join(chart, 'templates'));
    writeFileSync(
      join(chart, 'templates/budget.yaml'),
      `${budget}\nkind: PodDisruptionBudget\nmetadata: { name: x }\n`,
    );
    const { manifests } = readRelease({ name: 'asking', namespace: 'shop', directory: chart });
    rmSync(chart, { recursive: true });
    expect(manifests.map(({ apiVersion }) => apiVersion)).toEqual(['policy/v1']);
  });
});

describe('without Helm', () => {
  const cafe = (...words: string[]) =>
    spawnSync(process.execPath, [CAFE, 'check', BOOKSHOP, ...words], {
      encoding: 'utf8',
      env: { ...process.env, PATH: '' },
    });

  test('a release is what its release.json says', () => {
    expect(cafe()).toMatchObject({ status: 0, stderr: '' });
  });

  test('no other release is known', () => {
    const { status, stderr } = cafe('--release', `db=${directory}`);
    expect(stderr).toContain(
      'knows itself as the release bookshop in the namespace bookshop only. Install Helm to prove the release db in the namespace bookshop.',
    );
    expect(status).toBe(2);
  });
});
