import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { deadlineIn } from '../deadline.js';
import { Unreachability } from './unreachability.js';

describe('while no connection is made', () => {
  let looks = 0;
  let unreachable = true;
  const made: Unreachability[] = [];
  const time = (patienceMs?: number): Unreachability => {
    looks = 0;
    unreachable = true;
    const look = () => {
      looks += 1;
      return Promise.resolve(unreachable);
    };
    const one = new Unreachability({
      unreachable: look,
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
    one.answered();
    made.push(one);
    return one;
  };
  afterEach(() => {
    for (const one of made.splice(0)) one.close();
  });

  test('one looks for all, and all go on when one is made', async () => {
    const one = time();
    const callers = Array.from({ length: 100 }, () => one.end(deadlineIn(5000)));
    await pause(350);
    expect(looks).toBeLessThan(10);
    unreachable = false;
    expect(new Set(await Promise.all(callers))).toEqual(new Set([true]));
  });

  test('nobody waits beyond a deadline of its own', async () => {
    await expect(time().end(deadlineIn(50))).resolves.toBe(false);
  });

  test('who comes after it has gone on for long is told at once, until one was made in between', async () => {
    const one = time(200);
    await expect(one.end(deadlineIn(400))).resolves.toBe(false);
    await pause(20);
    const before = looks;
    await expect(one.end(deadlineIn(60_000))).resolves.toBe(false);
    expect(looks).toBe(before);
    unreachable = false;
    await pause(300);
    unreachable = true;
    const again = one.end(deadlineIn(5000));
    unreachable = false;
    await expect(again).resolves.toBe(true);
  });

  test('nobody waits for somebody who has never answered', async () => {
    const one = new Unreachability({ unreachable: () => Promise.resolve(false) });
    await expect(one.end(deadlineIn(5000))).resolves.toBe(false);
  });

  test('the end of the process ends the waiting', async () => {
    const one = time();
    const caller = one.end(deadlineIn(60_000));
    one.close();
    await expect(caller).resolves.toBe(false);
    const seen = looks;
    await pause(250);
    expect(looks).toBe(seen);
  });
});
