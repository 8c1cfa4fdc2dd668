import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { withCodes } from './doctor-codes.js';

test('docs/doctor.md has the table that the code makes; write-doctor-codes.ts writes it', () => {
  const page = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8');
  expect(page).toBe(withCodes(page));
});
