import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { Absence, type AbsenceOptions } from './absence.js';

describe('an absence', () => {
  const missing = (options: Partial<AbsenceOptions> = {}) => {
    const state = { away: true, looks: 0, back: [] as number[] };
    const absence = new Absence({
      look: () => {
        state.looks += 1;
        return state.away ? Promise.reject(new Error('away')) : Promise.resolve();
      },
      onBack: (milliseconds) => state.back.push(milliseconds),
      ...options,
    });
    return { absence, state, in: (milliseconds: number) => performance.now() + milliseconds };
  };

  test('ends for all who wait, and one looks for them', async () => {
    const { absence, state, in: inMs } = missing();
    const waiting = Array.from({ length: 50 }, () => absence.end(inMs(5000)));
    expect(absence.current).toBe(true);
    await pause(250);
    state.away = false;
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
    expect(absence.current).toBe(false);
    expect(state.looks).toBeLessThan(10);
    expect(state.back).toHaveLength(1);
  });

  test('is waited for no longer than somebody has time, and then not looked for any more', async () => {
    const { absence, state, in: inMs } = missing();
    await expect(absence.end(inMs(150))).resolves.toBe(false);
    await expect(absence.end(inMs(-1))).resolves.toBe(false);
    await pause(250);
    const { looks } = state;
    await pause(250);
    expect(state.looks).toBe(looks);
  });

  test('that has lasted long is not waited for, until there was an answer', async () => {
    const { absence, state, in: inMs } = missing({ patienceMs: 100 });
    await expect(absence.end(inMs(200))).resolves.toBe(false);
    const { looks } = state;
    await expect(absence.end(inMs(200))).resolves.toBe(false);
    expect(state.looks).toBe(looks);
    absence.answered();
    state.away = false;
    await expect(absence.end(inMs(200))).resolves.toBe(true);
  });

  test('ends though a look before got no answer at all', async () => {
    const looks: Promise<void>[] = [new Promise(() => undefined), Promise.resolve()];
    const { absence, in: inMs } = missing({ look: () => looks.shift() ?? Promise.reject(new Error('away')) });
    await expect(absence.end(inMs(1000))).resolves.toBe(true);
  });

  test('ends also for who came when nobody waited any more and a look was still under way', async () => {
    const answers: (() => void)[] = [];
    const { absence, in: inMs } = missing({
      look: () =>
        new Promise((answer) => {
          answers.push(answer);
        }),
    });
    await expect(absence.end(inMs(50))).resolves.toBe(false);
    await pause(150);
    const later = absence.end(inMs(1000));
    answers[0]?.();
    await pause(150);
    answers.at(-1)?.();
    await expect(later).resolves.toBe(true);
  });
});
