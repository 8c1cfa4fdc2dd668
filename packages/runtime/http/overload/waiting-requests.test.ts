import { describe, expect, test } from '@jest/globals';
import type { Criticality } from './criticality.js';
import { WaitingRequests } from './waiting-requests.js';

describe('requests that wait', () => {
  const waiting = (...requests: readonly (readonly [name: string, criticality: Criticality])[]) => {
    const all = new WaitingRequests<{ name: string; criticality: Criticality; since: number }>();
    requests.forEach(([name, criticality], since) => {
      all.add({ name, criticality, since });
    });
    return all;
  };
  const drained = (all: ReturnType<typeof waiting>, order: 'oldest first' | 'newest first') =>
    Array.from({ length: all.size }, () => all.next(order)?.name);

  test('are begun the most critical first, and of equal ones the oldest', () => {
    const all = waiting(['new', 'sheddable'], ['a', 'usual'], ['cook', 'critical'], ['b', 'usual']);
    expect(drained(all, 'oldest first')).toEqual(['cook', 'a', 'b', 'new']);
    expect(all.size).toBe(0);
    expect(all.next('oldest first')).toBeUndefined();
  });

  test('are begun the newest first, when there are too many', () => {
    const all = waiting(['a', 'usual'], ['b', 'usual'], ['cook', 'critical'], ['c', 'usual']);
    expect(drained(all, 'newest first')).toEqual(['cook', 'c', 'b', 'a']);
  });

  test('come to their turn, however many call themselves critical', () => {
    const critical = Array.from({ length: 8 }, (_, index) => [`c${index}`, 'critical'] as const);
    const all = waiting(...critical, ['a', 'usual'], ['b', 'usual']);
    const order = drained(all, 'oldest first');
    expect(order.indexOf('a')).toBe(3);
    expect(order.indexOf('b')).toBe(7);
    expect(order).toHaveLength(10);
  });

  test('that came before a time are taken out, of one kind', () => {
    const all = waiting(['a', 'usual'], ['cook', 'critical'], ['b', 'usual'], ['c', 'usual']);
    expect(all.takeBefore(3, 'usual').map(({ name }) => name)).toEqual(['a', 'b']);
    expect(drained(all, 'oldest first')).toEqual(['cook', 'c']);
  });

  test('give up the least critical one, and of these the oldest', () => {
    const all = waiting(['a', 'usual'], ['new', 'sheddable'], ['newer', 'sheddable'], ['cook', 'critical']);
    const taken = Array.from({ length: 5 }, () => all.takeLeast()?.name);
    expect(taken).toEqual(['new', 'newer', 'a', 'cook', undefined]);
    expect(all.size).toBe(0);
  });
});
