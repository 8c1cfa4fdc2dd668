import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { deadlineIn } from '../deadline.js';
import { RefusedConnections } from './refused-connections.js';

describe('while connections are refused', () => {
  let looks = 0;
  let refused = true;
  const made: RefusedConnections[] = [];
  const refusals = (patienceMs?: number): RefusedConnections => {
    looks = 0;
    refused = true;
    const look = () => {
      looks += 1;
      return Promise.resolve(refused);
    };
    const one = new RefusedConnections({ refused: look, ...(patienceMs === undefined ? {} : { patienceMs }) });
    made.push(one);
    return one;
  };
  afterEach(() => {
    for (const one of made.splice(0)) one.close();
  });

  test('one looks for all, and all go on when somebody listens', async () => {
    const one = refusals();
    const callers = Array.from({ length: 100 }, () => one.end(deadlineIn(5000)));
    await pause(350);
    expect(looks).toBeLessThan(10);
    refused = false;
    expect(new Set(await Promise.all(callers))).toEqual(new Set([true]));
  });

  test('nobody waits beyond a deadline of its own', async () => {
    await expect(refusals().end(deadlineIn(50))).resolves.toBe(false);
  });

  test('who comes after it has gone on for long is told at once, until somebody listened in between', async () => {
    const one = refusals(200);
    await expect(one.end(deadlineIn(400))).resolves.toBe(false);
    const before = looks;
    await expect(one.end(deadlineIn(60_000))).resolves.toBe(false);
    expect(looks).toBe(before);
    refused = false;
    await pause(300);
    refused = true;
    const again = one.end(deadlineIn(5000));
    refused = false;
    await expect(again).resolves.toBe(true);
  });

  test('the end of the process ends the waiting', async () => {
    const one = refusals();
    const caller = one.end(deadlineIn(60_000));
    one.close();
    await expect(caller).resolves.toBe(false);
    const seen = looks;
    await pause(250);
    expect(looks).toBe(seen);
  });
});
