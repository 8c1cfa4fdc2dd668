import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BAKERY, helmFound } from '../testing/broken-chart.js';
import { type Outcome, run } from './command.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cafe-chart-command-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const progress: string[] = [];
const chart = (...words: string[]): Promise<Outcome> =>
  run(['check', 'chart', ...words], {
    version: () => '1.2.3',
    readStandardInput: () => '',
    progress: (line) => progress.push(line),
  });

describe('cafe check chart', () => {
  test.each([
    ['no chart', ['--all'], 'name one chart: cafe check chart CHART'],
    ['two charts', ['one', 'two'], 'cafe check chart CHART [--against two]'],
    ['a chart that is not there', ['nowhere'], 'there is no chart "nowhere"; name a folder, a .tgz'],
    ['a folder that is no chart', [join(BAKERY, 'templates')], 'has no Chart.yaml with a name'],
    ['an option that there is not', [BAKERY, '--release', 'x'], '"cafe check chart --help" says more'],
    ['another format', [BAKERY, '-o', 'xml'], 'one of text, json, sarif, junit and github'],
  ])('ends with 2 for %s', async (_case, words, said) => {
    const { status, output } = await chart(...words);
    expect(output).toContain(said);
    expect(status).toBe(2);
  });

  test('says what it does', async () => {
    expect(await chart('--help')).toMatchObject({
      status: 0,
      output: expect.stringContaining('--against OLD'),
    });
  });

  (helmFound ? describe : describe.skip)('with the real Helm', () => {
    test('ends with 0 when there is nothing to find, and says what it is doing', async () => {
      const { status, output } = await chart(BAKERY);
      expect(output).toContain('renderings of bakery 1.0.0, under other names and values');
      expect(output).toContain('5 objects, no finding');
      expect(status).toBe(0);
      expect(progress[0]).toBe('rendering 1: the release name r1');
      expect(progress.at(-1)).toBe('');
    });

    test('takes packed charts, compares them, and ends with 1', async () => {
      const newer = join(folder, 'bakery');
      cpSync(BAKERY, newer, { recursive: true });
      writeFileSync(join(newer, 'Chart.yaml'), 'apiVersion: v2\nname: bakery\nversion: 2.0.0\n');
      const values = join(folder, 'values.yaml');
      writeFileSync(values, 'recipes: { enabled: false }\n');
      for (const directory of [BAKERY, newer]) spawnSync('helm', ['package', directory, '-d', folder]);
      const [one, two] = [1, 2].map((major) => join(folder, `bakery-${major}.0.0.tgz`)) as [string, string];
      expect(await chart(two, '--against', one, '--fail-on', 'risk')).toMatchObject({ status: 0 });
      writeFileSync(join(newer, 'templates/recipes.yaml'), '');
      writeFileSync(
        join(newer, 'values.yaml'),
        'till: { image: "example.org/till:1.4.0", port: 8080, maxUploadBytes: 1, greeting: hi, replicas: 2 }\nrecipes: { enabled: false }\ningress: { enabled: false, hosts: [] }\n',
      );
      const { status, output } = await chart(newer, '--against', one);
      expect(output).toContain(`CAFE115 broken: StatefulSet somewhere/r1-bakery-db\n  at       ${newer}`);
      expect(output).toContain('with     an upgrade of the release name r1, and 4 other cases');
      expect(output).toContain(`and after ${one}`);
      expect(status).toBe(1);
      // What is switched off in both is nothing that was lost.
      expect(await chart(newer, '--against', one, '-f', values, '--only', 'CAFE115')).toMatchObject({
        status: 0,
      });
    });

    test('ends with 2, in Helm’s words, when the user’s values do not render', async () => {
      const values = join(folder, 'wrong.yaml');
      writeFileSync(values, 'recipes: nothing\n');
      const { status, output } = await chart(BAKERY, '-f', values);
      expect(output).toContain(`helm template r1 ${BAKERY} fails: `);
      expect(status).toBe(2);
    });
  });
});
