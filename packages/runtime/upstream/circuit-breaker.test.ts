import { describe, expect, test } from '@jest/globals';
import { CircuitBreaker } from './circuit-breaker.js';

describe('the circuit breaker', () => {
  const make = () => {
    const clock = { now: 0 };
    return { clock, breaker: new CircuitBreaker(() => clock.now) };
  };

  test('opens after five failures in a row that last two seconds', () => {
    const { clock, breaker } = make();
    for (let count = 0; count < 20; count += 1) breaker.failed();
    clock.now = 1999;
    expect(breaker.open).toBe(false);
    clock.now = 2000;
    expect(breaker.open).toBe(true);
  });

  test('stays closed while every other pod answers', () => {
    const { clock, breaker } = make();
    for (; clock.now < 10_000; clock.now += 100) {
      for (let count = 0; count < 4; count += 1) breaker.failed();
      breaker.answered();
      breaker.failed();
      expect(breaker.admits()).toBe(true);
    }
  });

  test('lets one call through now and then, and closes with the first answer', () => {
    const { clock, breaker } = make();
    for (let count = 0; count < 5; count += 1) breaker.failed();
    clock.now = 2500;
    expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
    clock.now = 3000;
    expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
    breaker.answered();
    expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
  });
});
