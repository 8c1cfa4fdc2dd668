import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { archive } from './archive.js';
import { chartArtifact, manifestsArtifact } from './oci-artifact.js';

const PINNED = `image: registry.example/frontend:1@sha256:${'0a'.repeat(32)}\n`;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cafe-artifact-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('an archive', () => {
  test('is read by tar, file for file', () => {
    const large = Buffer.alloc(200_000, 'café\n');
    const file = join(folder, 'archive.tar.gz');
    writeFileSync(
      file,
      archive(
        new Map([
          ['chart/b.yaml', large],
          ['a.yaml', Buffer.from('é')],
          ['empty', Buffer.alloc(0)],
        ]),
      ),
    );
    const { stderr, stdout } = spawnSync('tar', ['-xvzf', file, '-C', folder], { encoding: 'utf8' });
    expect({ stderr, stdout }).toEqual({ stderr: '', stdout: 'a.yaml\nchart/b.yaml\nempty\n' });
    expect(readFileSync(join(folder, 'chart/b.yaml')).equals(large)).toBe(true);
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('é');
  });

  test('is the same to the byte on every machine and in every year', () => {
    const bytes = archive(
      new Map([
        ['b', Buffer.from('2')],
        ['a', Buffer.from('1')],
      ]),
    );
    expect(hash('sha256', bytes, 'hex')).toBe(
      '90cbbbf4ac56eb62887f0fe337d5f3259cf5ad3eb6e93f34986c6d6559186416',
    );
  });

  test('refuses a path that would be cut off', () => {
    expect(() => archive(new Map([['x'.repeat(101), Buffer.alloc(0)]]))).toThrow('longer than the 100 bytes');
  });
});

describe('an artifact', () => {
  test('of manifests has the same digest whenever they were written, and another one when they say something else', () => {
    const file = join(folder, 'deployments.yaml');
    writeFileSync(file, PINNED);
    const first = manifestsArtifact(folder);
    utimesSync(file, 1, 1);
    expect(manifestsArtifact(folder).manifest.digest).toBe(first.manifest.digest);
    writeFileSync(file, `${PINNED}# changed\n`);
    expect(manifestsArtifact(folder).manifest.digest).not.toBe(first.manifest.digest);
  });

  test('of manifests leaves out what is below their folder', () => {
    writeFileSync(join(folder, 'deployments.yaml'), PINNED);
    const { digest } = manifestsArtifact(folder).manifest;
    mkdirSync(join(folder, 'production'));
    writeFileSync(join(folder, 'production', 'deployments.yaml'), PINNED);
    expect(manifestsArtifact(folder).manifest.digest).toBe(digest);
  });

  test('of manifests is refused when an image in it could be another one tomorrow', () => {
    writeFileSync(
      join(folder, 'deployments.yaml'),
      `${PINNED}---\n  - image: "registry.example/kitchen:1"\n`,
    );
    expect(() => manifestsArtifact(folder)).toThrow(
      /deployments\.yaml names the image registry\.example\/kitchen:1, whose tag can be another image tomorrow\. "make images push synth"/,
    );
  });

  test('of nothing is refused', () => {
    expect(() => manifestsArtifact(folder)).toThrow('"make synth" writes them');
  });

  test('of a chart has it in a folder of its name, and its Chart.yaml as configuration', () => {
    writeFileSync(join(folder, 'Chart.yaml'), 'apiVersion: v2\nname: shop\nversion: 1.2.3\n');
    mkdirSync(join(folder, 'templates'));
    writeFileSync(join(folder, 'templates', 'service.yaml'), 'kind: Service\n');
    const { name, version, config, layer } = chartArtifact(folder);
    expect([name, version, JSON.parse(config.bytes.toString())]).toEqual([
      'shop',
      '1.2.3',
      { apiVersion: 'v2', name: 'shop', version: '1.2.3' },
    ]);
    const { stdout } = spawnSync('tar', ['-tzf', '-'], { input: layer.bytes, encoding: 'utf8' });
    expect(stdout).toBe('shop/Chart.yaml\nshop/templates/service.yaml\n');
  });
});
