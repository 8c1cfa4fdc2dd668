import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as contract from '@cafe-lumiere/contract';
import { rulesById } from '../proofs/titles.js';
import { withTables } from './tables.js';

const page = readFileSync(new URL('../../../docs/checks.md', import.meta.url), 'utf8');

test('docs/checks.md has the tables that the code makes; documentation/write.ts writes them', () => {
  expect(page).toBe(withTables(page));
});

test('docs/checks.md describes each annotation, and no other', () => {
  const annotations = Object.values<unknown>(contract).filter(
    (value) => typeof value === 'string' && value.startsWith('cafe-check/'),
  );
  const described = [...page.matchAll(/^\| `(cafe-check\/[a-z-]+\.?)/gm)].map(([, name]) => name);
  expect(described.sort()).toEqual(annotations.sort());
});

test('no two proofs have one id', () => {
  const ids = rulesById().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('docs/checks has a page for each id, and for no other; the proofs’ tests say what is in it', () => {
  const pages = readdirSync(new URL('../../../docs/checks/', import.meta.url));
  const ids = pages.flatMap((name) => /^(CAFE\d+)\.md$/.exec(name)?.[1] ?? []);
  expect(ids.sort()).toEqual(rulesById().map(({ id }) => id));
});

test.each(['action.yml', '.pre-commit-hooks.yaml'])('%s runs the package of this version', (name) => {
  const root = new URL('../../../', import.meta.url);
  const { version } = JSON.parse(readFileSync(new URL('packages/checks/package.json', root), 'utf8')) as {
    version: string;
  };
  const text = readFileSync(new URL(name, root), 'utf8');
  expect([...text.matchAll(/@cafe-lumiere\/checks@([\w.-]+)/g)].map(([, found]) => found)).toEqual([version]);
});
