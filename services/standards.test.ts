import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(at(path), 'utf8');

/** What stands between backquotes and is a file, in a folder or at the top; routes begin with a slash. */
const pathsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+|Makefile|[\w-]+\.(?:json|md))`/g)].map(([, path = '']) => path);

const HOLDS = ['held', 'not applicable', 'not held'] as const;
interface Row {
  readonly item: string;
  /** How many items it stands for. */
  readonly items: number;
  readonly heldBy: string;
  readonly holds: (typeof HOLDS)[number];
}

function rowOf(line: string): Row {
  const [, item = '', , heldBy = ''] = line.split('|').map((cell) => cell.trim());
  const unheld = /^(?:(not applicable)|\*\*(not held)\*\*): ./.exec(heldBy);
  const holds = HOLDS.find((each) => each === unheld?.[1] || each === unheld?.[2]) ?? 'held';
  return { item, items: Number(/\((\d+)\)$/.exec(item)?.[1] ?? 1), heldBy, holds };
}

const rowsOf = (text: string): readonly Row[] =>
  text
    .split('\n')
    .filter((line) => /^\| (?!item |-)/.test(line))
    .map(rowOf);

/** The part of a page from a heading to its end, or to the next heading of its kind. */
const partOf = (page: string, heading: string): string =>
  page.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';

const asvs = read('docs/security/asvs.md');
const kubernetes = read('docs/security/kubernetes.md');

describe.each([
  ['OWASP ASVS 5.0, levels 1 and 2', rowsOf(asvs), 253],
  ...[
    ['CIS Kubernetes Benchmark 1.9, section 5', 35] as const,
    ['NSA and CISA Kubernetes Hardening Guide 1.2', 29] as const,
  ].map(([title, items]) => [title, rowsOf(partOf(kubernetes, title)), items] as const),
])('%s', (title, rows, items) => {
  test('has each of its items once', () => {
    expect(new Set(rows.map(({ item }) => item)).size).toBe(rows.length);
    expect(rows.reduce((sum, row) => sum + row.items, 0)).toBe(items);
  });

  test('names a file for whatever is held', () => {
    const withoutFile = rows.filter(({ holds, heldBy }) => holds === 'held' && pathsIn(heldBy).length === 0);
    expect(withoutFile).toEqual([]);
  });

  test('is counted right in docs/security.md', () => {
    const counts = HOLDS.map((each) =>
      rows.filter(({ holds }) => holds === each).reduce((sum, row) => sum + row.items, 0),
    );
    const line = read('docs/security.md')
      .split('\n')
      .find((each) => each.startsWith(`| [${title}]`));
    expect(line?.split('|').slice(2, 5).map(Number)).toEqual(counts);
  });
});

test.each(['docs/security.md', 'docs/security/asvs.md', 'docs/security/kubernetes.md'])(
  'every file that %s names is there',
  (page) => {
    const paths = pathsIn(read(page));
    expect(paths.length).toBeGreaterThan(10);
    expect(paths.filter((path) => !existsSync(at(path)))).toEqual([]);
  },
);
