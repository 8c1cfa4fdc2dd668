import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { reportAfter } from './mutation.js';
import { timeTable } from './time-budget.js';

const source = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

test('the page gives up when the page says so', () => {
  const limit = /REQUEST_LIMIT = (\d+)/.exec(source('services/frontend/assets/live.js'))?.[1];
  const lines = timeTable(reportAfter().cluster).map(({ text }) => text);
  expect(lines.some((text) => text.endsWith(`< page ${limit ?? '?'} ms`))).toBe(true);
});

test('the end is the one that the constructs add up', () => {
  const total = 25;
  const [end] = timeTable(reportAfter().cluster).filter(({ text }) => text.startsWith('end: '));
  expect(end?.text).toContain(`= ${total} s ≤ terminationGracePeriodSeconds ${total} s`);
});
