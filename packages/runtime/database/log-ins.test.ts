import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LogIns } from './log-ins.js';

const error = (code: string): Error => Object.assign(new Error(code), { code });

/** Log-ins that end when the test says so, for so many callers as it says. */
function heldLogIns(state: { wanted: number; answering: boolean }) {
  const begun: { end: (error?: Error) => Promise<void> }[] = [];
  const logIns: LogIns = new LogIns({
    wanted: (): number => state.wanted - logIns.count,
    answering: () => state.answering,
    logIn: () =>
      new Promise((done, fail) => {
        begun.push({
          async end(failure) {
            if (failure) fail(failure);
            else done();
            await jest.advanceTimersByTimeAsync(0);
          },
        });
      }),
  });
  return { logIns, begun, state };
}

describe('log-ins', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('are two at once while others answer, however many are wanted', async () => {
    const { logIns, begun } = heldLogIns({ wanted: 8, answering: true });
    logIns.next();
    await jest.advanceTimersByTimeAsync(60_000);
    expect(begun).toHaveLength(2);
    await begun[0]?.end();
    expect(begun).toHaveLength(3);
  });

  test('are one while none answers; others go beside it when it hears nothing, ever more slowly', async () => {
    const { logIns, begun } = heldLogIns({ wanted: 8, answering: false });
    logIns.next();
    logIns.next();
    const seen: number[] = [];
    for (const milliseconds of [900, 100, 1900, 100, 3900, 100, 3900, 100]) {
      await jest.advanceTimersByTimeAsync(milliseconds);
      seen.push(begun.length);
    }
    expect(seen).toEqual([1, 2, 2, 3, 3, 4, 4, 5]);
  });

  test('go on with others as soon as one has succeeded', async () => {
    const { logIns, begun, state } = heldLogIns({ wanted: 8, answering: false });
    logIns.next();
    state.answering = true;
    await begun[0]?.end();
    expect(begun).toHaveLength(3);
  });

  test.each([
    { code: '57P03', what: 'PostgreSQL has refused', most: 5 },
    { code: 'ECONNREFUSED', what: 'nobody has heard', most: 21 },
  ])('that $what come back later, not more than $most times in a second', async ({ code, most }) => {
    const { logIns, begun } = heldLogIns({ wanted: 1, answering: false });
    logIns.next();
    for (let time = 0; time < 5000; time += 5) {
      if (begun.length > 0) await begun.at(-1)?.end(error(code));
      await jest.advanceTimersByTimeAsync(5);
    }
    // In five seconds, as often as that and at least a third of it.
    expect(begun.length).toBeLessThanOrEqual(5 * most);
    expect(begun.length).toBeGreaterThan((5 * most) / 3);
  });

  test('of two processes do not come back at the same moments', async () => {
    const moments = async (): Promise<readonly number[]> => {
      const { logIns, begun } = heldLogIns({ wanted: 1, answering: false });
      const found: number[] = [];
      logIns.next();
      for (let time = 0; time < 3000; time += 1) {
        if (begun.length > found.length) {
          found.push(time);
          await begun.at(-1)?.end(error('57P03'));
        }
        await jest.advanceTimersByTimeAsync(1);
      }
      return found.slice(1);
    };
    expect(await moments()).not.toEqual(await moments());
  });

  test('are begun no more when nobody wants one, nor after the end', async () => {
    const { logIns, begun, state } = heldLogIns({ wanted: 1, answering: false });
    logIns.next();
    state.wanted = 0;
    await begun[0]?.end(error('ECONNREFUSED'));
    await jest.advanceTimersByTimeAsync(5000);
    expect(begun).toHaveLength(1);
    state.wanted = 1;
    logIns.next();
    expect(begun).toHaveLength(2);
    const closed = logIns.close();
    state.wanted = 0;
    await begun[1]?.end();
    await expect(closed).resolves.toBeUndefined();
  });
});
