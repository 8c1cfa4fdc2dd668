import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { deadlineIn } from '../deadline.js';
import { WaitingLine } from './waiting-line.js';

const late = (): Error => new Error('too late');

test('who has come first is served first, as long as the line is short', async () => {
  const line = new WaitingLine<string>();
  const callers = ['a', 'b', 'c'].map((name) =>
    line.wait(deadlineIn(5000), late).then((place) => `${name} ${place}`),
  );
  for (const place of ['1', '2', '3']) expect(line.serve(place)).toBe(true);
  expect(line.serve('4')).toBe(false);
  await expect(Promise.all(callers)).resolves.toEqual(['a 1', 'b 2', 'c 3']);
});

test('who has come first is served first, however long no place has come', async () => {
  const line = new WaitingLine<string>();
  const oldest = line.wait(deadlineIn(5000), late);
  await pause(1100);
  const newest = line.wait(deadlineIn(5000), late);
  line.serve('first');
  line.serve('second');
  await expect(Promise.all([oldest, newest])).resolves.toEqual(['first', 'second']);
});

test('who has hardly any time left is served after those who have', async () => {
  const line = new WaitingLine<string>();
  const callers = [200, 200, 5000].map((milliseconds) => line.wait(deadlineIn(milliseconds), late));
  for (const place of ['1', '2', '3']) line.serve(place);
  await expect(Promise.all(callers)).resolves.toEqual(['2', '3', '1']);
});

test('the newest is served first when places come and the line does not end', async () => {
  const line = new WaitingLine<string>();
  void line.wait(deadlineIn(5000), late);
  const oldest = line.wait(deadlineIn(5000), late);
  line.serve('first');
  await pause(1100);
  const newest = line.wait(deadlineIn(5000), late);
  line.serve('second');
  line.serve('third');
  await expect(Promise.all([oldest, newest])).resolves.toEqual(['third', 'second']);
  // When it has ended the next one is another.
  const [next, last] = [line.wait(deadlineIn(5000), late), line.wait(deadlineIn(5000), late)];
  line.serve('fourth');
  line.serve('fifth');
  await expect(Promise.all([next, last])).resolves.toEqual(['fourth', 'fifth']);
});

test('whose time is over is served nothing, also when nobody could tell him yet', async () => {
  const line = new WaitingLine<string>();
  const impatient = line.wait(deadlineIn(20), late);
  const patient = line.wait(deadlineIn(5000), late);
  // His timer cannot run meanwhile.
  for (const end = performance.now() + 40; performance.now() < end;);
  expect(line.serve('a place')).toBe(true);
  await expect(impatient).rejects.toThrow('too late');
  await expect(patient).resolves.toBe('a place');
  expect(line.length).toBe(0);
});

test('all are sent away at once', async () => {
  const line = new WaitingLine<string>();
  const callers = Promise.allSettled([1, 2].map(() => line.wait(deadlineIn(5000), late)));
  line.refuse(new Error('closed'));
  for (const outcome of await callers) expect(outcome).toMatchObject({ reason: new Error('closed') });
  expect(line.serve('a place')).toBe(false);
});
