import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Batches } from './batches.js';

/** Batches whose work ends when the test says so. */
function heldBatches(options: { atOnce: number; largest: number }) {
  const begun: {
    items: readonly string[];
    begin: () => readonly string[];
    end: (error?: Error) => void;
  }[] = [];
  const batches = new Batches<string, string>({
    ...options,
    run: (items, begin) =>
      new Promise((done, fail) => {
        begun.push({
          items,
          begin,
          end(error) {
            if (error) fail(error);
            else done((item) => item.toUpperCase());
          },
        });
      }),
  });
  return { begun, batches, sizes: () => begun.map(({ items }) => items.length) };
}
/** Turns of the event loop, enough for every batch that may begin: a timer may fire before any of them. */
const turn = async (): Promise<void> => {
  for (let count = 0; count < 10; count += 1) await nextTurn();
};

describe('batches', () => {
  // A busy machine must not make a batch slow that the test holds; its turns are real.
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('take who comes alone at once, and those that come meanwhile together', async () => {
    const { batches, begun } = heldBatches({ atOnce: 1, largest: 10 });
    const first = batches.add('a');
    await turn();
    const others = ['b', 'c', 'd'].map((item) => batches.add(item));
    await turn();
    expect(begun.map(({ items }) => items)).toEqual([['a']]);
    begun[0]?.end();
    await expect(first).resolves.toBe('A');
    await turn();
    expect(begun[1]?.items).toEqual(['b', 'c', 'd']);
    begun[1]?.end();
    await expect(Promise.all(others)).resolves.toEqual(['B', 'C', 'D']);
  });

  test('take together what comes in one turn of the event loop', async () => {
    const { batches, sizes } = heldBatches({ atOnce: 2, largest: 10 });
    for (const item of ['a', 'b', 'c']) {
      void batches.add(item);
      // As requests that were read one after the other, and whose bodies were then parsed.
      for (let step = 0; step < 5; step += 1) await Promise.resolve();
    }
    await turn();
    expect(sizes()).toEqual([3]);
  });

  test('are no larger and no more than they may be', async () => {
    const { batches, sizes, begun } = heldBatches({ atOnce: 2, largest: 3 });
    for (const item of 'abcdefgh') void batches.add(item);
    await turn();
    expect(sizes()).toEqual([3, 3]);
    begun[0]?.end();
    await turn();
    expect(sizes()).toEqual([3, 3, 2]);
  });

  test('that are slow do not hold up those behind them', async () => {
    const { batches, sizes, begun } = heldBatches({ atOnce: 1, largest: 10 });
    const slow = batches.add('a');
    await turn();
    void batches.add('b');
    await turn();
    expect(sizes()).toEqual([1]);
    jest.advanceTimersByTime(50);
    await turn();
    expect(sizes()).toEqual([1, 1]);
    // The place that was given back early is not given back once more.
    begun[0]?.end();
    await slow;
    void batches.add('c');
    await turn();
    expect(sizes()).toEqual([1, 1]);
  });

  test('that wait for their begin are done with the first one that begins', async () => {
    const { batches, begun } = heldBatches({ atOnce: 1, largest: 4 });
    const results: Promise<string>[] = [];
    for (const items of [['a'], ['b', 'c'], ['d', 'e', 'f']]) {
      results.push(...items.map((item) => batches.add(item)));
      await turn();
      jest.advanceTimersByTime(50);
      await turn();
    }
    const [first, second, third] = begun;
    expect(second?.begin()).toEqual(['b', 'c', 'a', 'd']);
    // As often as it is tried.
    expect(second?.begin()).toEqual(['b', 'c', 'a', 'd']);
    expect(first?.begin()).toEqual(['e', 'f']);
    expect(third?.begin()).toEqual([]);
    third?.end(new Error('nobody is told'));
    second?.end(new Error('no milk'));
    first?.end();
    await expect(Promise.allSettled(results)).resolves.toEqual([
      ...Array.from({ length: 4 }, () => ({ status: 'rejected', reason: new Error('no milk') })),
      ...['E', 'F'].map((value) => ({ status: 'fulfilled', value })),
    ]);
  });

  test('that fail, fail for all that were in them, and not for the next ones', async () => {
    const { batches, begun } = heldBatches({ atOnce: 1, largest: 10 });
    const failing = Promise.allSettled(['a', 'b'].map((item) => batches.add(item)));
    await turn();
    begun[0]?.end(new Error('no milk'));
    await expect(failing).resolves.toEqual([
      { status: 'rejected', reason: new Error('no milk') },
      { status: 'rejected', reason: new Error('no milk') },
    ]);
    const next = batches.add('c');
    await turn();
    begun[1]?.end();
    await expect(next).resolves.toBe('C');
  });
});
