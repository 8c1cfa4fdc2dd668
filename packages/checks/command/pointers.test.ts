import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BOOKSHOP } from '../testing/bookshop.js';
import { run } from './command.js';

let repository: string;
beforeEach(() => {
  repository = realpathSync(mkdtempSync(join(tmpdir(), 'cafe-pointers-')));
  git('init', '--quiet');
  cpSync(BOOKSHOP, join(repository, 'deploy'), { recursive: true });
  mkdirSync(join(repository, 'gitops'));
});
afterEach(() => {
  rmSync(repository, { recursive: true });
});

const git = (...words: string[]): void => {
  const { status, stderr } = spawnSync('git', ['-C', repository, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};

/** What is said of a file that points to the bookshop. */
const said = async (text: string, ...words: string[]): Promise<string> => {
  const file = join(repository, 'gitops/apps.yaml');
  writeFileSync(file, text);
  const { output } = await run(['check', file, ...words], {
    version: () => '1.2.3',
    readStandardInput: () => '',
  });
  return output;
};

const application = (name: string, source: string): string => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: ${name}, namespace: argocd }
spec:
  source: ${source}
  destination: { server: 'https://kubernetes.default.svc', namespace: bookshop }
`;
const URL = 'https://git.example.com/shop/bookshop.git';
const ARGO = application('bookshop', `{ repoURL: '${URL}', path: deploy }`);

const FLUX = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: shop, namespace: flux-system }
spec: { interval: 1m, url: '${URL}' }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: bookshop, namespace: flux-system }
spec: { interval: 1m, prune: true, path: ./deploy, sourceRef: { kind: GitRepository, name: shop } }
`;

describe('what Argo CD and Flux point to is read', () => {
  test.each([
    ['Application', ARGO],
    ['Kustomization', FLUX],
  ])('%s', async (_kind, text) => {
    const output = await said(text);
    expect(output).toContain('Waived, or known:\n  CAFE091 Secret bookshop/bookshop-secrets');
    expect(output).not.toContain('not read:');
  });

  test('once, when two say it', async () => {
    expect(await said(`${ARGO}---\n${FLUX}`)).toContain('22 objects, ');
  });

  test('once, when it is looked at already', async () => {
    expect(await said(ARGO, join(repository, 'deploy'))).toContain('20 objects, ');
  });

  test('a remote is the same repository, however it is reached', async () => {
    git('remote', 'add', 'origin', 'git@git.example.com:shop/bookshop.git');
    expect(await said(ARGO)).toContain('CAFE091');
  });
});

describe('what is somewhere else is said, and is no finding', () => {
  test.each([
    [
      'a chart of a registry',
      application('cache', "{ repoURL: 'oci://registry.example.com/charts', chart: cache }"),
      'not read: Application cache: the chart cache of oci://registry.example.com/charts is no folder of a git repository.',
    ],
    [
      'a folder that is not there',
      application('shop', `{ repoURL: '${URL}', path: other }`),
      `not read: Application shop: other of ${URL}, which is not in this repository.`,
    ],
    [
      'a folder above',
      application('shop', `{ repoURL: '${URL}', path: ../.. }`),
      `not read: Application shop: ../.. of ${URL}, which is not in this repository.`,
    ],
    [
      'a source that nobody knows',
      FLUX.replace('name: shop }', 'name: store }'),
      'not read: Kustomization bookshop: the GitRepository store is no folder of a git repository.',
    ],
  ])('%s', async (_what, text, line) => {
    const output = await said(text);
    expect(output).toContain(line);
    expect(output).toContain('no finding.');
  });

  test('another repository', async () => {
    git('remote', 'add', 'origin', 'https://git.example.com/shop/other.git');
    expect(await said(ARGO)).toContain(
      `not read: Application bookshop: deploy of ${URL}, which is no remote`,
    );
  });
});
