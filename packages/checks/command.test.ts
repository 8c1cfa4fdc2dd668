import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HELP, run } from './command.js';
import { IDS } from './ids.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'dist');
let directory: string;
beforeAll(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'cafe-check-')), 'dist');
  cpSync(dist, directory, { recursive: true });
  const file = join(directory, 'deployments.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replaceAll('http://order-service:5001', 'http://order-service:5010'),
  );
});
afterAll(() => {
  rmSync(join(directory, '..'), { recursive: true });
});

const none = (): string => '';

describe('cafe check', () => {
  test('ends with 0 on our own output, and lists the waiver', () => {
    const { status, output } = run(['check', dist], none);
    expect(output).toContain('Waived, by an annotation:\n  CAFE091 Secret cafe-lumiere/cafe-secrets');
    expect(output).toContain('no finding');
    expect(status).toBe(0);
  });

  test('ends with 1 on findings, and says them', () => {
    const { status, output } = run(['check', directory], none);
    expect(output).toContain('CAFE002 error: Deployment cafe-lumiere/kitchen-service');
    expect(output).toContain('2 findings');
    expect(status).toBe(1);
  });

  test.each([
    ['a folder that is not there', ['check', 'nowhere'], "no such file or directory, scandir 'nowhere'"],
    ['another command', ['chekc'], 'write "cafe check [dir | file | -]"'],
    ['an option that there is not', ['check', '--quick'], "Unknown option '--quick'"],
    ['another format', ['check', dist, '-o', 'xml'], '-o is "xml"; it is one of text, json and sarif'],
    ['a release without a chart', ['check', dist, '--release', 'db'], 'write NAME=chartdir'],
    ['a chart that is none', ['check', dist, '--release', `db=${dist}`], 'Name the folder of a Helm chart'],
    ['a folder without manifests', ['check', join(root, 'docs')], 'holds no .yaml, .yml or .json file'],
  ])('ends with 2 for %s', (_case, words, said) => {
    const { status, output } = run(words, none);
    expect(output).toContain(said);
    expect(status).toBe(2);
  });

  test('reads the standard input, JSON included', () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web', namespace: 'shop' },
          spec: { selector: { app: 'web' } },
        },
      ],
    };
    const { status, output } = run(['check', '-'], () => JSON.stringify(list));
    expect(output).toContain('CAFE004 error: Service shop/web');
    expect(status).toBe(1);
  });

  test('a text that is no object is a finding, not a crash', () => {
    const { status, output } = run(['check', '-'], () => 'image: {tag: 1}');
    expect(output).toContain('CAFE101 error: the standard input');
    expect(status).toBe(1);
  });

  test('explains the arithmetic and the network', () => {
    const { output } = run(['check', dist, '--explain'], none);
    expect(output).toContain(
      'preStop 0 + drain 5 + in flight 10 + flush 10 = 25 s ≤ terminationGracePeriodSeconds 25 s',
    );
    expect(output).toContain('order-service (2 + 1 pods) × 10 = 30; 30 ≤ 89 of 100');
    expect(output).toContain(
      'ok  Deployment cafe-lumiere/kitchen-service -> Deployment cafe-lumiere/order-service port 5001',
    );
  });

  test('writes JSON and SARIF', () => {
    expect(JSON.parse(run(['check', directory, '-o', 'json'], none).output)).toMatchObject({
      findings: [{ id: 'CAFE002' }, { id: 'CAFE002' }],
      waived: [{ finding: { id: 'CAFE091' } }],
    });
    expect(JSON.parse(run(['check', directory, '-o', 'sarif'], none).output)).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          results: [
            { ruleId: 'CAFE002', level: 'error' },
            { ruleId: 'CAFE002' },
            { suppressions: [{ kind: 'inSource' }] },
          ],
        },
      ],
    });
  });

  test('as a process of this checkout, from npx', () => {
    const npx = (...words: string[]) =>
      spawnSync('npx', ['--offline', 'cafe', ...words], { cwd: root, encoding: 'utf8' });
    expect(npx('--help')).toMatchObject({ status: 0, stdout: `${HELP}\n` });
    expect(npx('check', directory)).toMatchObject({ status: 1 });
    expect(npx('check', 'nowhere')).toMatchObject({ status: 2, stdout: '' });
  });
});

test('every id is described in docs/checks.md, in the same words', () => {
  const page = readFileSync(join(root, 'docs/checks.md'), 'utf8');
  const described = [...page.matchAll(/^\| (CAFE\d{3}) *\| (.+?) *\|$/gm)].map(([, id, text]) => [id, text]);
  expect(described).toEqual(Object.entries(IDS));
});

test('every id has a broken case', () => {
  const cases = readFileSync(join(root, 'packages/checks/mutation.test.ts'), 'utf8');
  expect(Object.keys(IDS).filter((id) => !cases.includes(`'${id}'`))).toEqual([]);
});
