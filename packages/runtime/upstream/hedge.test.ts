import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { hedged } from './hedge.js';

describe('a question', () => {
  const answers = async (
    ...behaviours: ((signal: AbortSignal) => Promise<string>)[]
  ): Promise<{
    readonly answer: string;
    readonly asked: number;
    readonly signals: readonly AbortSignal[];
  }> => {
    const signals: AbortSignal[] = [];
    const answer = await hedged(
      (signal) => {
        signals.push(signal);
        const behave = behaviours[signals.length - 1];
        if (!behave) throw new Error('asked too often');
        return behave(signal);
      },
      { delayMs: 50, allowed: () => behaviours.length > 1, nonFatal: (given) => given === 'not now' },
    ).catch((error: unknown) => `failed: ${error instanceof Error ? error.message : ''}`);
    return { answer, asked: signals.length, signals };
  };
  const says =
    (answer: string, after = 0) =>
    () =>
      pause(after, answer);
  const fails =
    (message: string, after = 0) =>
    () =>
      pause(after).then(() => {
        throw new Error(message);
      });
  const silent = () => new Promise<string>(() => undefined);

  test('that is answered is asked once', async () => {
    await expect(answers(says('yes'), says('other'))).resolves.toMatchObject({ answer: 'yes', asked: 1 });
  });

  test('that is met with silence is asked once more, and the silent one is given up', async () => {
    const { answer, asked, signals } = await answers(silent, says('other'));
    expect([answer, asked]).toEqual(['other', 2]);
    expect(signals.every(({ aborted }) => aborted)).toBe(true);
  });

  test('that was only slow is answered by the first one', async () => {
    let answer: (text: string) => void = () => undefined;
    const first = () => new Promise<string>((done) => (answer = done));
    const second = () => {
      answer('slow');
      return silent();
    };
    await expect(answers(first, second)).resolves.toMatchObject({ answer: 'slow', asked: 2 });
  });

  test('that may not be asked again is waited for', async () => {
    await expect(answers(says('slow', 100))).resolves.toMatchObject({ answer: 'slow', asked: 1 });
  });

  test('is answered by the better answer, and by a lesser one when there is no better', async () => {
    await expect(answers(says('yes', 150), says('not now'))).resolves.toMatchObject({ answer: 'yes' });
    await expect(answers(says('not now', 100), fails('broken'))).resolves.toMatchObject({
      answer: 'not now',
    });
  });

  test('fails at once as the first one did, or when both have', async () => {
    await expect(answers(fails('first'), says('other'))).resolves.toMatchObject({
      answer: 'failed: first',
      asked: 1,
    });
    await expect(answers(fails('first', 100), fails('second'))).resolves.toMatchObject({
      answer: 'failed: first',
    });
  });
});
