import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BOOKSHOP } from '../testing/bookshop.js';
import { type Outcome, run } from './command.js';

let folder: string;
let changed: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cafe-connections-'));
  changed = join(folder, 'bookshop.yaml');
  const text = readFileSync(join(BOOKSHOP, 'bookshop.yaml'), 'utf8');
  writeFileSync(changed, text.replace('http://catalogue:8081', 'http://basket:8082'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const cafe = (...words: string[]): Promise<Outcome> =>
  run(words, { version: () => '1.2.3', readStandardInput: () => readFileSync(changed, 'utf8') });

describe('cafe connections', () => {
  test('says who reaches whom, by what and by which rule', async () => {
    const { status, output } = await cafe('connections', BOOKSHOP);
    expect(output).toContain(
      'Deployment bookshop/storefront -> Deployment bookshop/basket TCP 8082\n    through Service basket:8082\n    by      BASKET_URL (ConfigMap bookshop/bookshop-config, data.BASKET_URL)\n    out     NetworkPolicy bookshop/storefront, egress[2]\n    in      NetworkPolicy bookshop/basket, ingress[0]',
    );
    expect(output).toMatch(/5 connections: 4 inside, 1 from outside, 0 to outside, 0 to nowhere;/);
    expect(status).toBe(0);
  });

  test.each([
    ['json', /"from": "Deployment bookshop\/storefront",\n +"to": "Deployment bookshop\/basket"/],
    ['mermaid', /^flowchart LR[\s\S]* -->\|"BASKET_URL TCP 8082"\| /],
    ['markdown', /\| Deployment bookshop\/storefront \| Deployment bookshop\/basket \| TCP 8082 \|/],
  ])('writes %s', async (format, written) => {
    expect(await cafe('connections', BOOKSHOP, '-o', format)).toMatchObject({
      status: 0,
      output: expect.stringMatching(written),
    });
  });

  test.each([
    [
      'text',
      /- Deployment bookshop\/basket -> Deployment bookshop\/catalogue TCP 8081[\s\S]*~ Deployment bookshop\/storefront -> [^\n]*\n {4}by {6}BASKET_URL [^\n]* -> CATALOGUE_URL[\s\S]*1 added, 2 taken away, 1 changed\.$/,
    ],
    ['json', /"removed": \[\n/],
    ['mermaid', /--x\|"taken away: /],
    ['markdown', /\| taken away \| Deployment bookshop/],
  ])('ends with 1 and says what a change does, in %s', async (format, written) => {
    const { status, output } = await cafe(
      'connections',
      changed,
      '--diff',
      join(BOOKSHOP, 'bookshop.yaml'),
      '-o',
      format,
    );
    expect(output).toMatch(written);
    expect(status).toBe(1);
  });

  test('ends with 0 when a change connects nothing differently', async () => {
    expect(await cafe('connections', '-', '--diff', changed)).toEqual({
      status: 0,
      output: '0 added, 0 taken away, 0 changed.',
    });
  });

  test.each([
    ['a folder that is not there', ['nowhere'], 'there is no file or folder "nowhere"'],
    [
      'an older one that is not there',
      [BOOKSHOP, '--diff', 'nowhere'],
      'there is no file or folder "nowhere"',
    ],
    ['another format', [BOOKSHOP, '-o', 'svg'], 'one of text, json, mermaid, markdown'],
  ])('ends with 2 for %s', async (_case, words, said) => {
    expect(await cafe('connections', ...words)).toEqual({ status: 2, output: expect.stringContaining(said) });
  });
});

describe('cafe policies', () => {
  test('writes what is to be applied', async () => {
    const { status, output } = await cafe('policies', BOOKSHOP);
    expect(output).toContain('# StatefulSet bookshop/bookshop-postgresql: DB_HOST\n');
    expect(output.split('\n---\n')).toHaveLength(4);
    expect(status).toBe(0);
  });

  test('ends with 1 when a connection leads nowhere, and says which', async () => {
    // Without the chart's release the database is not there.
    const { status, output } = await cafe('policies', BOOKSHOP, '--no-release');
    expect(output).toContain('# bookshop-postgresql (DB_HOST) leads to no pods, and is denied.');
    expect(status).toBe(1);
  });

  test('ends with 2 when there is nothing to write a policy for', async () => {
    const file = join(folder, 'service.yaml');
    writeFileSync(
      file,
      'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n',
    );
    expect(await cafe('policies', file)).toEqual({
      status: 2,
      output: 'cafe policies could not look: there is no workload whose pods have labels.',
    });
  });
});
