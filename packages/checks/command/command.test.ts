import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rulesById } from '../proofs/titles.js';
import { BOOKSHOP } from '../testing/bookshop.js';
import { type Outcome, run } from './command.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The command of a checkout. */
const CHECKOUT = join(root, 'bin/cafe.js');
const packageFolder = fileURLToPath(new URL('..', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cafe-check-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const cafe = (...words: string[]): Promise<Outcome> =>
  run(words, { version: () => '1.2.3', readStandardInput: () => '' });
const reading = (text: string): Promise<Outcome> =>
  run(['check', '-'], { version: () => '1.2.3', readStandardInput: () => text });

/** The bookshop in a folder of its own, with texts replaced in each of its files. */
function changed(name: string, ...replacements: readonly (readonly [from: RegExp, to: string])[]): string {
  const directory = join(folder, name);
  cpSync(BOOKSHOP, directory, { recursive: true });
  for (const path of [
    'bookshop.yaml',
    'helm/postgresql/release.json',
    'helm/postgresql/templates/service.yaml',
  ]) {
    const file = join(directory, path);
    const text = replacements.reduce(
      (before, [from, to]) => before.replaceAll(from, to),
      readFileSync(file, 'utf8'),
    );
    writeFileSync(file, text);
  }
  return directory;
}

describe('cafe check', () => {
  test('ends with 0 when there is nothing to find, and lists the waiver', async () => {
    const { status, output } = await cafe('check', BOOKSHOP);
    expect(output).toContain('Waived, or known:\n  CAFE091 Secret bookshop/bookshop-secrets');
    expect(output).toContain('24 objects, no finding');
    expect(status).toBe(0);
  });

  test('ends with 1 on findings, and says them', async () => {
    const { status, output } = await cafe('check', changed('port', [/catalogue:8081/g, 'catalogue:8091']));
    expect(output).toContain('CAFE002 broken: Deployment bookshop/basket');
    expect(output).toContain('1 finding ');
    expect(status).toBe(1);
  });

  test.each([
    ['a folder that is not there', ['check', 'nowhere'], 'there is no file or folder "nowhere"'],
    ['nothing to do', [], 'cafe check [dir | file | -]'],
    ['another command', ['chekc'], 'there is no command "chekc". Did you mean "check"?'],
    ['a property of every object', ['constructor'], 'there is no command "constructor"'],
    ['one of two folders', ['check', BOOKSHOP, 'nowhere'], 'there is no file or folder "nowhere"'],
    ['another level', ['check', BOOKSHOP, '--fail-on', 'error'], 'one of broken, risk, advice and none'],
    ['an option that there is not', ['check', '--quick'], "'--quick'. The options are --release, "],
    [
      'another format',
      ['check', BOOKSHOP, '-o', 'xml'],
      '-o is "xml"; it is one of text, json, sarif, junit and github',
    ],
    ['a release without a chart', ['check', BOOKSHOP, '--release', 'db'], 'write NAME=chartdir'],
    [
      'a chart that is none',
      ['check', BOOKSHOP, '--release', `db=${BOOKSHOP}`],
      'Name the folder of a Helm chart',
    ],
    [
      'a folder without manifests',
      ['check', fileURLToPath(new URL('.', import.meta.url))],
      'holds no .yaml, .yml or .json file',
    ],
  ])('ends with 2 for %s', async (_case, words, said) => {
    const { status, output } = await cafe(...words);
    expect(output).toContain(said);
    expect(status).toBe(2);
  });

  test.each(['', '\n', '---\n# nothing\n'])('ends with 2 when nothing was read: %j', async (text) => {
    expect(await reading(text)).toEqual({
      status: 2,
      output: 'cafe check could not look: there is nothing in the standard input.',
    });
  });

  test('reads the standard input, JSON included', async () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { ports: [{ port: 80000 }] },
    };
    const { status, output } = await reading(
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [service] }),
    );
    expect(output).toContain('CAFE005 broken: Service shop/web');
    expect(status).toBe(1);
  });

  test('a text that is no object is a finding, not a crash', async () => {
    const { status, output } = await reading('image: {tag: 1}');
    expect(output).toContain('CAFE101 broken: the standard input');
    expect(status).toBe(1);
  });

  test('explains the arithmetic and the network', async () => {
    const { output } = await cafe('check', BOOKSHOP, '--explain');
    expect(output).toContain(
      'preStop 0 + drain 5 + in flight 10 + flush 10 = 25 s ≤ terminationGracePeriodSeconds 25 s',
    );
    expect(output).toContain('catalogue (2 + 1 pods) × 10 = 30; 30 ≤ 89 of 100');
    expect(output).toContain('ok  Deployment bookshop/basket -> Deployment bookshop/catalogue port 8081');
  });

  test('writes JSON and SARIF', async () => {
    const directory = changed('formats', [/catalogue:8081/g, 'catalogue:8091']);
    expect(JSON.parse((await cafe('check', directory, '-o', 'json')).output)).toMatchObject({
      findings: [{ id: 'CAFE002', also: ['Deployment bookshop/storefront'] }],
      waived: [{ finding: { id: 'CAFE091' } }],
    });
    expect(JSON.parse((await cafe('check', directory, '-o', 'sarif')).output)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              rules: [
                { id: 'CAFE002', shortDescription: { text: 'The Service has no such port' } },
                { id: 'CAFE091' },
              ],
            },
          },
          results: [
            {
              ruleId: 'CAFE002',
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: pathToFileURL(join(directory, 'bookshop.yaml')).href },
                  },
                },
              ],
            },
            { suppressions: [{ kind: 'inSource' }] },
          ],
        },
      ],
    });
  });
});

describe('what counts', () => {
  const WEB = `apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  strategy: { type: Recreate }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: example.org/web:1.0.0
          ports: [{ containerPort: 8080 }]
          envFrom: [{ secretRef: { name: web-login } }]
`;
  let file: string;
  beforeAll(() => {
    file = join(folder, 'web.yaml');
    writeFileSync(file, WEB);
  });
  const ids = (...words: string[]): Promise<string[]> => idsOf(file, ...words);
  const idsOf = async (...words: string[]): Promise<string[]> => {
    const { findings } = JSON.parse((await cafe('check', '-o', 'json', ...words)).output) as {
      findings: { id: string; severity: string }[];
    };
    return findings.flatMap(({ id, severity }) => (severity === 'advice' ? [] : [id]));
  };

  test('only what is broken fails, unless it is told otherwise', async () => {
    expect((await cafe('check', file)).status).toBe(0);
    expect((await cafe('check', file, '--fail-on', 'risk')).status).toBe(1);
    expect(
      (await cafe('check', file, '--fail-on', 'risk', '--skip', 'CAFE021', '--skip', 'CAFE071')).status,
    ).toBe(0);
    expect((await cafe('check', file, '--fail-on', 'advice', '--only', 'CAFE051')).status).toBe(0);
    expect((await cafe('check', file, '--fail-on', 'none')).status).toBe(0);
  });

  test('the worst comes first, with its line; advice is counted', async () => {
    const { output } = await cafe('check', file);
    expect(output).toContain(`CAFE071 risk: Deployment web\n  at       ${file}:11:15`);
    expect(output).toMatch(/CAFE081 advice × 4/);
    expect(output).not.toContain('allowPrivilegeEscalation');
    expect(output).toMatch(/2 objects, 7 findings \(2 risk, 5 advice\)/);
    expect((await cafe('check', file, '--all')).output).toContain('allowPrivilegeEscalation');
  });

  test('without a finding it says what was proven', async () => {
    expect((await cafe('check', BOOKSHOP)).output).toContain('Proven:\n  5 hosts in configurations');
  });

  test('a namespace that is asked for is where the objects go', async () => {
    const { output } = await cafe('check', file, '-n', 'shop', '--all');
    expect(output).toContain('CAFE071 risk: Deployment shop/web');
    expect(output).toContain('Secret shop/web-login');
  });

  test('a configuration says what controllers make, and what is accepted until when', async () => {
    const config = join(folder, 'config.yaml');
    const object = 'apiVersion: example.org/v1\nkind: Login\nmetadata: { name: web }\n';
    writeFileSync(join(folder, 'login.yaml'), object);
    const makes = 'makes:\n  Login.example.org: [{ kind: Secret, name: "{metadata.name}-login" }]\n';
    writeFileSync(config, makes);
    expect(await ids(join(folder, 'login.yaml'))).toEqual(['CAFE021', 'CAFE071']);
    expect(await ids(join(folder, 'login.yaml'), '--config', config)).toEqual(['CAFE071']);
    for (const [until, left] of [
      ['2999-12-31', ['CAFE021']],
      ['1999-12-31', ['CAFE021', 'CAFE071']],
    ] as const) {
      writeFileSync(
        config,
        `waive: [{ id: CAFE071, object: Deployment web, reason: one at a time, until: "${until}" }]`,
      );
      expect(await ids('--config', config)).toEqual(left);
    }
    writeFileSync(config, 'skipp: [CAFE071]');
    expect((await cafe('check', file, '--config', config)).output).toContain('Unrecognized key: "skipp"');
  });

  test('what a baseline holds is known, and what is new is not', async () => {
    const baseline = join(folder, 'baseline.json');
    await cafe('check', file, '--write-baseline', baseline);
    expect(await ids('--baseline', baseline)).toEqual([]);
    const other = join(folder, 'other.yaml');
    writeFileSync(other, WEB.replaceAll(/: web(?= }|\n|-login)/g, ': other'));
    expect(await ids(other, '--baseline', baseline)).toEqual(['CAFE021', 'CAFE071']);
  });

  test('what a ref of git has is known, in objects and a file that is none; what came since is not', async () => {
    const repository = join(folder, 'repository');
    mkdirSync(join(repository, 'base'), { recursive: true });
    const git = (...words: string[]) => {
      const identity = ['-c', 'user.name=a', '-c', 'user.email=a@b.example'];
      expect(spawnSync('git', ['-C', repository, ...identity, ...words])).toMatchObject({ status: 0 });
    };
    writeFileSync(join(repository, 'base/web.yaml'), WEB);
    writeFileSync(join(repository, 'base/none.yaml'), 'not: an object\n');
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'first');
    const base = join(repository, 'base');
    const before = process.cwd();
    try {
      process.chdir(repository);
      expect((await idsOf('base')).length).toBeGreaterThan(1);
      expect(await idsOf('base', '--since', 'HEAD')).toEqual([]);
      expect(await idsOf(base, '--since', 'HEAD')).toEqual([]);
      const other = WEB.replaceAll(/: web(?= }|\n)/g, ': other');
      writeFileSync(join(base, 'other.yaml'), other);
      expect(await idsOf('base', '--since', 'HEAD')).toEqual(['CAFE021', 'CAFE071']);
      expect(process.cwd()).toBe(realpathSync(repository));
      const refused = async (...words: string[]) => (await cafe('check', ...words)).output;
      expect(await refused('base', '--since', 'nowhere')).toContain('"nowhere", which git does not know');
      expect(await refused('base/other.yaml', '--since', 'HEAD')).toContain(
        'is not in HEAD: all of it is new',
      );
      expect(await refused('-', '--since', 'HEAD')).toContain('"-" is none');
      process.chdir(folder);
      expect(await refused('repository', '--since', 'HEAD')).toContain('needs a git repository');
    } finally {
      process.chdir(before);
    }
  });

  test('JUnit and GitHub get what they read', async () => {
    expect((await cafe('check', file, '-o', 'junit', '--fail-on', 'risk')).output).toMatch(
      /<testsuite name="cafe check" tests="7" failures="2">[\s\S]*<testcase classname="CAFE071" name="Deployment web spec.strategy.type"><failure message="Recreate">/,
    );
    expect((await cafe('check', file, '-o', 'github')).output).toContain(
      `::warning file=${file},line=11,col=15,title=CAFE071::Deployment web, spec.strategy.type: found Recreate`,
    );
  });
});

describe('a kustomization', () => {
  const KUSTOMIZATION = 'namespace: shop\nresources: [service.yaml]\n';
  const SERVICE =
    'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80000 }] }\n';
  let directory: string;
  beforeAll(() => {
    directory = join(folder, 'kustomized');
    mkdirSync(directory);
    writeFileSync(join(directory, 'kustomization.yaml'), KUSTOMIZATION);
    writeFileSync(join(directory, 'service.yaml'), SERVICE);
  });

  const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
  (hasKubectl ? describe : describe.skip)('with kubectl', () => {
    test('is rendered', async () => {
      for (const target of [directory, join(directory, 'kustomization.yaml')]) {
        expect((await cafe('check', target)).output).toContain('CAFE005 broken: Service shop/web');
      }
    });
  });

  test('without kubectl is refused, with the command that renders it', () => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [CHECKOUT, 'check', directory], {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: '' },
    });
    expect(`${stdout}${stderr}`).toContain(`kubectl kustomize ${directory} | cafe check -`);
    expect(status).toBe(2);
  });

  test('on the standard input is refused, with the command that renders it', async () => {
    const text =
      'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [deployment.yaml]\n';
    const { status, output } = await reading(text);
    expect(output).toContain('kubectl kustomize DIR | cafe check -');
    expect(status).toBe(2);
  });
});

describe('the releases', () => {
  test('that a folder’s charts declare are found, each in its own namespace', async () => {
    const both = join(folder, 'both');
    mkdirSync(join(both, 'helm'), { recursive: true });
    const annex = changed(
      'annex',
      [/namespace: bookshop/g, 'namespace: annex'],
      [/^ {2}name: bookshop$/gm, '  name: annex'],
      [/"namespace": "bookshop"/g, '"namespace": "annex"'],
    );
    // Objects that name no namespace go into the release's.
    const file = join(annex, 'helm/postgresql/release.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/, "namespace": "annex"/g, ''));
    for (const [name, directory] of [
      ['bookshop', BOOKSHOP],
      ['annex', annex],
    ] as const) {
      cpSync(join(directory, 'bookshop.yaml'), join(both, `${name}.yaml`));
      cpSync(join(directory, 'helm/postgresql'), join(both, 'helm', name), { recursive: true });
    }
    const { status, output } = await cafe('check', both);
    expect(output).toContain('48 objects, no finding');
    expect(status).toBe(0);
  });

  test('count as the manifests’ neighbours where nobody names a namespace', async () => {
    const nowhere = changed(
      'nowhere',
      [/, namespace: bookshop/g, ''],
      [/\n +namespace: bookshop(?=\n)/g, ''],
    );
    const { output } = await cafe('check', nowhere);
    expect(output).toContain('24 objects, no finding');
  });

  test('are not looked at with --no-release', async () => {
    const { status, output } = await cafe('check', BOOKSHOP, '--no-release');
    expect(output).toContain('CAFE001 broken: Deployment bookshop/catalogue');
    expect(status).toBe(1);
  });

  test.each([
    ['no JSON', '{', 'release.json: '],
    ['no release', '{"namespace": "shop", "objects": []}', '"release" is no name'],
    ['no namespace', '{"release": "db", "objects": []}', '"namespace" is no name'],
    ['no objects', '{"release": "db", "namespace": "shop"}', '"objects" is no list'],
  ])('are refused with 2 when their file has %s', async (what, text, said) => {
    const directory = changed(what);
    writeFileSync(join(directory, 'helm/postgresql/release.json'), text);
    const { status, output } = await cafe('check', directory);
    expect(output).toContain(said);
    expect(output).toContain('It is { "release": name, "namespace": name, "objects": [Kubernetes objects] }');
    expect(status).toBe(2);
  });

  test('of foreign charts name their namespace where the manifests have several', async () => {
    const directory = changed('several', [
      /\{ name: basket, namespace: bookshop \}/g,
      '{ name: basket, namespace: till }',
    ]);
    const chart = join(directory, 'helm/postgresql');
    const { status, output } = await cafe('check', directory, '--release', `db=${chart}`);
    expect(output).toContain(
      `the manifests are in the namespaces bookshop, till; write in which one the release is, as in --release db=${chart}@bookshop.`,
    );
    expect(status).toBe(2);
  });
});

describe('cafe', () => {
  test('says what it can', async () => {
    const help = await cafe('--help');
    expect(help).toMatchObject({ status: 0, output: expect.stringContaining('cafe ids') });
    expect(await cafe('-h')).toEqual(help);
    expect(await cafe('check', '--help')).toMatchObject({
      status: 0,
      output: expect.stringContaining('--release NAME=chartdir[@namespace]'),
    });
    expect(await cafe('--version')).toEqual({ status: 0, output: '1.2.3' });
  });

  test('lists each id with what it means', async () => {
    const { status, output } = await cafe('ids');
    expect(status).toBe(0);
    expect(output.split('\n')).toHaveLength(rulesById().length);
    expect(output).toContain('CAFE072  A PodDisruptionBudget blocks every node');
  });

  test('explains a code of the doctor: what it said of such a fault', async () => {
    const { status, output } = await cafe('explain', '233');
    expect(status).toBe(0);
    expect(output).toContain('# CAFE233: A host in the configuration of a container has no Service');
    expect(output).toContain('mend ');
  });

  test('explains an id: why it hurts, an example, and how to accept it', async () => {
    const { status, output } = await cafe('explain', 'cafe061', '21');
    expect(output).toMatch(/^# CAFE061: A NetworkPolicy forbids a declared connection\n/);
    expect(output).toMatch(/\n\n# CAFE021: /);
    expect(output).toContain('cafe-check/waive.CAFE061: why it is right here');
    expect(status).toBe(0);
  });

  test.each([
    [[], 'name an id, as in "cafe explain CAFE001"'],
    [['CAFE999'], 'there is no CAFE999.'],
    [['CAFE06'], 'Did you mean CAFE0'],
  ])('explains nothing of %j', async (ids, said) => {
    expect(await cafe('explain', ...ids)).toEqual({ status: 2, output: expect.stringContaining(said) });
  });

  test('names the page of each kind of finding once', async () => {
    const { output } = await cafe('check', changed('pages', [/catalogue:8081/g, 'catalogue:8091']));
    expect(output.match(/more {5}cafe explain CAFE002/g)).toHaveLength(1);
  });

  test('is the command of a checkout', () => {
    const started = (command: string, ...words: string[]) =>
      spawnSync(command, words, { cwd: root, encoding: 'utf8' });
    const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
      version: string;
    };
    expect(started(CHECKOUT, '--version')).toMatchObject({ status: 0, stdout: `${version}\n` });
    const directory = changed('process', [/catalogue:8081/g, 'catalogue:8091']);
    expect(started(CHECKOUT, 'check', directory)).toMatchObject({ status: 1 });
    // npx, which takes three times as long, finds the same command and says how it ended.
    expect(started('npx', '--offline', 'cafe', 'check', 'nowhere')).toMatchObject({ status: 2, stdout: '' });
  });
});
