import { describe, expect, test } from '@jest/globals';
import { SheddableRate } from './sheddable-rate.js';

const LIMITS = { windowMs: 200, waitMs: 15, leastWaits: 8, leastPerSecond: 2, quietMs: 2000 } as const;

/** A crowd of so many a second for some milliseconds, while others wait for so long. @returns how many were let in a second */
function come(
  rate: SheddableRate,
  clock: { now: number },
  perSecond: number,
  forMs: number,
  waitMs: number,
): number {
  const end = clock.now + forMs;
  let admitted = 0;
  while (clock.now < end) {
    clock.now += 1000 / perSecond;
    if (rate.admits(clock.now)) admitted += 1;
    rate.waited(waitMs, clock.now);
  }
  return (admitted * 1000) / forMs;
}

describe('the rate of what is sheddable', () => {
  test('is whatever comes, while nobody has to wait, and of a crowd more and more', () => {
    const clock = { now: 0 };
    const rate = new SheddableRate(LIMITS, 0);
    const windows = Array.from({ length: 6 }, () => come(rate, clock, 1000, 200, 1) / 5);
    expect(windows).toEqual([21, 40, 80, 160, 200, 200]);
    expect(come(rate, clock, 1000, 5000, 1)).toBe(1000);
  });

  test('begins a crowd anew when nobody has come for long', () => {
    const clock = { now: 0 };
    const rate = new SheddableRate(LIMITS, 0);
    come(rate, clock, 1000, 3000, 1);
    clock.now += 1000;
    expect(come(rate, clock, 1000, 200, 1)).toBe(1000);
    clock.now += 20_000;
    expect(come(rate, clock, 1000, 200, 1)).toBeLessThan(200);
  });

  test('does not fall because a few have waited, or many for a moment', () => {
    const clock = { now: 0 };
    const rate = new SheddableRate(LIMITS, 0);
    expect(come(rate, clock, 30, 10_000, 400)).toBe(30);
    come(rate, clock, 500, 200, 100);
    come(rate, clock, 500, 600, 1);
    expect(come(rate, clock, 500, 2000, 1)).toBe(500);
  });

  test('falls while others wait, the more the longer, and never to nothing', () => {
    const after = (waitMs: number): number => {
      const clock = { now: 0 };
      const rate = new SheddableRate(LIMITS, 0);
      come(rate, clock, 500, 400, waitMs);
      return come(rate, clock, 500, 200, waitMs);
    };
    expect(after(20)).toBeLessThan(500);
    expect(after(100)).toBeLessThan(after(20) / 2);
    const clock = { now: 0 };
    const rate = new SheddableRate(LIMITS, 0);
    come(rate, clock, 500, 20_000, 1000);
    expect(come(rate, clock, 500, 10_000, 1000)).toBeCloseTo(LIMITS.leastPerSecond, 0);
  });

  test('finds what can be borne, and stays near it', () => {
    const clock = { now: 0 };
    const rate = new SheddableRate(LIMITS, 0);
    // A service that can bear 60 a second: above it, those who have begun wait.
    let let_in = 60;
    for (let step = 0; step < 20; step += 1) let_in = come(rate, clock, 300, 200, let_in > 60 ? 40 : 2);
    const later = Array.from(
      { length: 100 },
      () => (let_in = come(rate, clock, 300, 200, let_in > 60 ? 40 : 2)),
    );
    const mean = later.reduce((sum, each) => sum + each, 0) / later.length;
    expect(mean).toBeGreaterThan(40);
    expect(mean).toBeLessThan(75);
  });

  test('is whatever comes again, when nobody was refused for a while', () => {
    const clock = { now: 0 };
    const rate = new SheddableRate(LIMITS, 0);
    come(rate, clock, 500, 1000, 100);
    come(rate, clock, 2, 5000, 0);
    come(rate, clock, 400, 600, 0);
    expect(come(rate, clock, 400, 200, 0)).toBe(400);
  });

  test('does not let those in at once who have not come before', () => {
    const clock = { now: 0 };
    const rate = new SheddableRate(LIMITS, 0);
    come(rate, clock, 500, 3000, 100);
    // At 2 a second these would be three.
    clock.now += 1500;
    expect(come(rate, clock, 1000, 100, 10)).toBeLessThanOrEqual(10);
  });
});
