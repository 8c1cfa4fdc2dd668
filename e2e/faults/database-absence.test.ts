import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { PostgresFixture } from '../../packages/runtime/testing/index.js';
import { ASK, returnOf, Watch } from './database-absence.js';

let server: PostgresFixture;
beforeAll(async () => {
  server = await PostgresFixture.start();
});
afterAll(() => server.stop());

test('the database is back when it would take a log-in, and not when it begins to listen', async () => {
  const env = { ...process.env, ...server.environment };
  const watch = new Watch(process.execPath, ['-e', ASK], env);
  await pause(500);
  await server.stop('immediate');
  await pause(500);
  const starts = Date.now();
  await server.startAgain();
  await server.answering();
  await pause(500);
  const back = returnOf(await watch.end());
  expect(back).toBeGreaterThan(starts);
  expect(back).toBeLessThan(Date.now());
});

test('a database that was never away did not come back', () => {
  expect(returnOf('1000 there\n')).toBeUndefined();
  expect(returnOf('')).toBeUndefined();
});

test('the longest absence counts, and one that has not ended does not', () => {
  expect(returnOf('1000 there\n2000 away\n2050 there\n2100 away\n4000 there\n4500 away\n4600 there\n')).toBe(
    4000,
  );
  expect(returnOf('1000 there\n2000 away\n2050 there\n2100 away\n')).toBe(2050);
});
