import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BOOKSHOP } from '../testing/bookshop.js';
import { helmFound } from '../testing/broken-chart.js';
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
const said = async (text: string, ...words: string[]): Promise<string> => saidOf('apps.yaml', text, ...words);
const saidOf = async (name: string, text: string, ...words: string[]): Promise<string> => {
  const file = join(repository, 'gitops', name);
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

const SET = (generator: string): string => `apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: { name: shops, namespace: argocd }
spec:
  generators: [${generator}]
  template:
    metadata: { name: '{{ path.basename }}' }
    spec:
      source: { repoURL: '${URL}', path: '{{ path }}' }
      destination: { server: 'https://kubernetes.default.svc', namespace: bookshop }
`;
const FOLDERS = (...directories: string[]): string =>
  `{ git: { repoURL: '${URL}', revision: HEAD, directories: [${directories.join(', ')}] } }`;

describe('what Argo CD and Flux point to is read', () => {
  test.each([
    ['Application', ARGO],
    ['Kustomization', FLUX],
    [
      'Kustomization of the repository that Flux itself is in',
      FLUX.replace(/^[^]*?---\n/, '').replace('name: shop }', 'name: flux-system }'),
    ],
    [
      'ApplicationSet of a list',
      SET("{ list: { elements: [{ path: deploy, 'path.basename': bookshop }] } }"),
    ],
    ['ApplicationSet of folders', SET(FOLDERS("{ path: 'd*' }"))],
    [
      'ApplicationSet with Go templates',
      SET(FOLDERS("{ path: 'd*' }")).replace('{{ path }}', '{{.path.path}}'),
    ],
  ])('%s', async (_kind, text) => {
    const output = await said(text);
    expect(output).toContain('Waived, or known:\n  CAFE091 Secret bookshop/bookshop-secrets');
    // Its charts are releases: what relies on them is no finding.
    expect(output).toContain('no finding.');
    expect(output).not.toContain('not read:');
  });

  test('a targetNamespace is where everything goes', async () => {
    const text = FLUX.replace('prune: true', 'prune: true, targetNamespace: annex');
    expect(await said(text)).toContain('CAFE091 Secret annex/bookshop-secrets');
  });

  test('once, when two say it', async () => {
    expect(await said(`${ARGO}---\n${FLUX}`)).toContain('27 objects, ');
  });

  test('once, when it is looked at already', async () => {
    expect(await said(ARGO, join(repository, 'deploy'))).toContain('20 objects, ');
  });

  test('a remote is the same repository, however it is reached', async () => {
    git('remote', 'add', 'origin', 'git@git.example.com:shop/bookshop.git');
    expect(await said(ARGO)).toContain('CAFE091');
  });
});

const CHART = 'deploy/helm/postgresql';
/** What the program beside the chart knows of it is only for a chart that nothing else points to. */
const withoutReleaseFile = (): void => {
  rmSync(join(repository, CHART, 'release.json'));
};
const RELEASE = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: books, namespace: flux-system }
spec:
  interval: 1m
  releaseName: bookshop
  targetNamespace: bookshop
  chart: { spec: { chart: ./${CHART}, sourceRef: { kind: GitRepository, name: flux-system } } }
`;
const HELMFILE = `releases:
  - name: bookshop
    namespace: bookshop
    chart: ../${CHART}
`;
const charts: readonly (readonly [what: string, text: string, name: string])[] = [
  [
    'a chart of an Application',
    application('bookshop', `{ repoURL: '${URL}', path: ${CHART} }`),
    'apps.yaml',
  ],
  ['a chart of a HelmRelease', RELEASE, 'apps.yaml'],
  ['a chart of a Helmfile', HELMFILE, 'helmfile.yaml'],
];

(helmFound ? describe : describe.skip)('with the real Helm', () => {
  test.each(charts)('%s is a release', async (_what, text, name) => {
    withoutReleaseFile();
    // Without the release, what relies on it is found.
    expect(await said('[]', join(repository, 'deploy'))).toContain('CAFE001');
    const output = await saidOf(name, text, join(repository, 'deploy'));
    expect(output).toContain('no finding.');
    expect(output).not.toContain('not read:');
  });

  test.each(charts)('%s has the values that it is installed with', async (_what, text, name) => {
    withoutReleaseFile();
    writeFileSync(join(repository, CHART, 'other.yaml'), 'auth: { username: clerk }\nnameOverride: nobody\n');
    const values =
      name === 'helmfile.yaml'
        ? text.concat(`    values: [../${CHART}/other.yaml, { nameOverride: books }]\n`)
        : text.includes('HelmRelease')
          ? text
              .replace('spec: { chart:', `spec: { valuesFiles: [${CHART}/other.yaml], chart:`)
              .concat('  values: { nameOverride: books }\n')
          : text.replace(
              ' }\n  dest',
              ', helm: { valueFiles: [other.yaml], values: "nameOverride: books" } }\n  dest',
            );
    const output = await saidOf(name, values, join(repository, 'deploy'), '--all');
    expect(output).toContain('likely   bookshop-books');
    expect(output).not.toContain('not read:');
  });
});

describe('a folder and what is below it', () => {
  test('a kustomization below is not read as files, and said', async () => {
    const folder = join(repository, 'gitops/overlay');
    mkdirSync(folder);
    writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [patch.yaml]\n');
    writeFileSync(join(folder, 'patch.yaml'), ARGO);
    const output = await said(ARGO, '-R', join(repository, 'gitops'));
    expect(output).toContain(`not read: ${folder} is a kustomization: cafe check ${folder}`);
    expect(output).not.toContain('patch.yaml');
    const pointed = application('overlay', `{ repoURL: '${URL}', path: gitops/overlay }`);
    expect(await said(pointed, '-R', join(repository, 'gitops'))).not.toContain('is a kustomization');
  });
});

test('--since reads what is pointed to as it was, in a working copy whose .git is a file as well', async () => {
  writeFileSync(join(repository, 'gitops/apps.yaml'), ARGO);
  git('add', '.');
  git('-c', 'user.name=x', '-c', 'user.email=x@example.com', 'commit', '--quiet', '-m', 'all');
  const copy = join(repository, 'copy');
  git('worktree', 'add', '--quiet', copy);
  const file = join(copy, 'deploy/bookshop.yaml');
  const before = readFileSync(file, 'utf8');
  const here = process.cwd();
  process.chdir(copy);
  try {
    const now = async (): Promise<string> => {
      const { output } = await run(['check', '--since', 'HEAD', 'gitops'], {
        version: () => '1.2.3',
        readStandardInput: () => '',
      });
      return output;
    };
    const broken = before.replace(
      'configMapKeyRef: { name: bookshop-config, key: BASKET_URL',
      'configMapKeyRef: { name: bookshop-config, key: BASKET_URI',
    );
    writeFileSync(file, broken);
    expect(await now()).toContain('1 broken');
    git(
      '-C',
      copy,
      '-c',
      'user.name=x',
      '-c',
      'user.email=x@example.com',
      'commit',
      '--quiet',
      '-am',
      'broken',
    );
    expect(await now()).toContain('there in HEAD');
    expect(await now()).toContain('no finding.');
  } finally {
    process.chdir(here);
  }
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
      `not read: Application shop: other of ${URL}, which is in no repository here.`,
    ],
    [
      'a folder above',
      application('shop', `{ repoURL: '${URL}', path: ../.. }`),
      `not read: Application shop: ../.. of ${URL}, which is in no repository here.`,
    ],
    [
      'a source that nobody knows',
      FLUX.replace('name: shop }', 'name: store }'),
      'not read: Kustomization bookshop: the GitRepository store is not among these objects.',
    ],
  ])('%s', async (_what, text, line) => {
    const output = await said(text);
    expect(output).toContain(line);
    expect(output).toContain('no finding.');
  });

  test('what a chart that is not here may make is not missing', async () => {
    const text = (name: string): string =>
      application(name, "{ repoURL: 'oci://registry.example.com/charts', chart: postgresql }");
    withoutReleaseFile();
    const deploy = join(repository, 'deploy');
    expect(await said(text('bookshop'), deploy)).toContain('no finding.');
    expect(await said(text('book'), deploy)).toContain('CAFE001');
    expect(await said(text('bookshop').replace('namespace: bookshop', 'namespace: other'), deploy)).toContain(
      'CAFE001',
    );
  });

  test('another repository', async () => {
    git('remote', 'add', 'origin', 'https://git.example.com/shop/other.git');
    expect(await said(ARGO)).toContain(
      `not read: Application bookshop: deploy of ${URL}, which is no remote`,
    );
  });
});
