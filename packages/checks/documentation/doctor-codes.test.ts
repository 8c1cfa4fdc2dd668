import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { withCodes } from './doctor-codes.js';
import { doctorPages } from './doctor-pages.js';

test('docs/doctor.md has the table that the code makes; write-doctor-codes.ts writes it', () => {
  const page = readFileSync(new URL('../../../docs/doctor.md', import.meta.url), 'utf8');
  expect(page).toBe(withCodes(page));
});

test('docs/doctor has a page for each code, of what is recorded; write-doctor-codes.ts writes them', () => {
  const folder = new URL('../../../docs/doctor/', import.meta.url);
  const pages = readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]);
  expect(Object.fromEntries(pages)).toEqual(Object.fromEntries(doctorPages()));
});
