import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { check } from './check.js';
import { type Finding, findingText } from './model/finding.js';
import { documentsOf, type Manifest } from './model/manifest.js';
import { MISTAKES } from './testing/mistakes.js';

// Manifests of the shapes that strangers have, and one mistake in each copy of them: it must be found, under the right id, at
// the line where it is mended. The unmutated ones have nothing to mend.

const textOf = (name: string): string =>
  readFileSync(new URL(`fixtures/shapes/${name}.yaml`, import.meta.url), 'utf8');

/** What is read of each document, which most mistakes do not touch. */
const read = new Map<string, readonly Manifest[]>();

function manifestsOf(text: string): readonly Manifest[] {
  const known = read.get(text);
  if (known) return known;
  const manifests = documentsOf(text, 'shape.yaml').map((document) => {
    if ('manifest' in document) return document.manifest;
    throw new Error(document.unreadable.problem);
  });
  read.set(text, manifests);
  return manifests;
}

function findingsIn(text: string): readonly Finding[] {
  let before = 0;
  const manifests = text.split('---\n').flatMap((document) => {
    const lines = before - 1;
    before += document.split('\n').length;
    return manifestsOf(`---\n${document}`).map((manifest) => ({
      ...manifest,
      placeOf: (...field: readonly [string, number?]) => {
        const { line = 0, column = 0 } = manifest.placeOf?.(...field) ?? {};
        return { line: line + lines, column };
      },
    }));
  });
  return check(manifests).findings;
}

/** The line of a text that stands once. */
function lineOf(text: string, part: string): number {
  const [before = '', ...others] = text.split(part);
  if (others.length !== 1) throw new Error(`${JSON.stringify(part)} stands ${others.length} times in it`);
  return before.split('\n').length;
}

/** Where the two texts begin to differ. */
function changedLine(before: string, after: string): number {
  const lines = before.split('\n');
  return after.split('\n').findIndex((line, index) => line !== lines[index]) + 1;
}

test('there are 200 mistakes, over 12 shapes', () => {
  expect(Object.keys(MISTAKES).length).toBeGreaterThanOrEqual(12);
  expect(Object.values(MISTAKES).flat().length).toBeGreaterThanOrEqual(200);
});

describe.each(Object.entries(MISTAKES))('%s', (name, mistakes) => {
  const text = textOf(name);

  test('has nothing to mend', () => {
    const above = findingsIn(text).filter(({ severity }) => severity !== 'advice');
    expect(above.map(findingText)).toEqual([]);
  });

  test.each(mistakes.map(([from, to, id, at = '']) => [from, to, id, at] as const))(
    '%s → %s is %s',
    (from, to, id, at) => {
      lineOf(text, from);
      const mutated = text.replace(from, () => to);
      const line = at === '' ? changedLine(text, mutated) : lineOf(mutated, at);
      const found = findingsIn(mutated).filter(({ severity }) => severity !== 'advice');
      expect(found.map((finding) => `${finding.id} ${finding.line ?? ''}`)).toContain(`${id} ${line}`);
    },
  );
});

test('a Service that many callers miss is one finding, and the others are named in it', () => {
  const { length, 0: first } = findingsIn(
    textOf('bank').replace('name: ledger-db }\nspec:\n  clusterIP', 'name: ledgers-db }\nspec:\n  clusterIP'),
  ).filter(({ id }) => id === 'CAFE001');
  expect(length).toBe(1);
  expect(first?.object).toBe('Deployment balancereader');
  expect(first?.also).toEqual(['Deployment paymentwriter', 'Deployment history', 'StatefulSet ledger-db']);
});
