import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { diagnose } from './diagnosis.js';
import { manyCopies } from './many-copies-fixture.js';
import { readBundle } from './reading/bundle.js';

const BUNDLE = fileURLToPath(new URL('fixtures/store-crashes.json.gz', import.meta.url));

/** How often functions of these packages are called meanwhile: the work that it is, on any machine. */
async function callsOf(work: () => unknown): Promise<number> {
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    work();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    return result
      .filter(({ url }) => url.includes('/packages/'))
      .flatMap(({ functions }) => functions)
      .flatMap(({ ranges: [whole] }) => whole?.count ?? 0)
      .reduce((sum, count) => sum + count, 0);
  } finally {
    session.disconnect();
  }
}

test('four times as many pods are four times as much work, not sixteen times', async () => {
  const reading = readBundle(BUNDLE);
  const [some, many] = [manyCopies(reading, 10), manyCopies(reading, 40)];
  diagnose(some);
  const few = await callsOf(() => diagnose(some));
  expect(few).toBeGreaterThan(1000);
  expect((await callsOf(() => diagnose(many))) / few).toBeLessThan(4.5);
});
