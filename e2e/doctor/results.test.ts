import { expect, test } from '@jest/globals';
import { FAULTS } from './faults/index.js';
import { isShown, recorded } from './results.js';

test('docs/doctor.md shows what was recorded last; make e2e-doctor RECORD=1 writes both', async () => {
  expect(await isShown()).toBe(true);
});

test('each fault has a name of its own, and what is recorded is of one that there is', () => {
  const names = Object.values(FAULTS).flatMap((kind) => kind.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
  expect(names).toEqual(expect.arrayContaining(recorded().map(({ name }) => name)));
});
