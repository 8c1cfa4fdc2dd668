import { expect, test } from '@jest/globals';
import { findingText } from '../model/finding.js';
import { bookshopAfter } from './bookshop.js';

test('the bookshop has no finding, and one waiver', () => {
  const { findings, waived, foreign } = bookshopAfter();
  expect(findings.map(findingText)).toEqual([]);
  expect(waived.map(({ finding, reason }) => `${finding.id}: ${reason}`)).toEqual([
    'CAFE091: a password for tests',
  ]);
  expect(foreign).toEqual([]);
});
