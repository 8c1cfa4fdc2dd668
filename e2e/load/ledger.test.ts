import { expect, test } from '@jest/globals';
import { balance as balanceOf, type StoredOrder, storedStatement } from './ledger.js';

const served = ['ordered', 'preparing', 'ready', 'served'];
const stored: readonly StoredOrder[] = [
  { customer: 'load-1', number: 'AAA-AAA', status: 'served', history: served },
  { customer: 'load-2', number: 'BBB-BBB', status: 'ordered', history: ['ordered'] },
];
const told = {
  acknowledgements: [{ customer: 'load-1', orderNumber: 'AAA-AAA', at: 0 }],
  steps: new Map([['AAA-AAA', 'served']]),
  streamPassages: [],
};
const balance = (records: Parameters<typeof balanceOf>[0], orders: readonly StoredOrder[]) =>
  balanceOf(records, { orders: [...orders], events: [] });

test('an order that was stored and not acknowledged is no fault: its guest was told nothing', () => {
  expect(balance(told, stored)).toEqual({
    acknowledged: 1,
    found: 1,
    lost: [],
    doubled: [],
    illegalHistories: [],
    missedEvents: [],
  });
});

test('an acknowledged order that is not stored is lost', () => {
  const { lost, found } = balance(told, stored.slice(1));
  expect(found).toBe(0);
  expect(lost).toEqual(['AAA-AAA of load-1 was acknowledged and is not stored']);
});

test('a number that another guest has is lost, too', () => {
  const other = { ...told, acknowledgements: [{ customer: 'load-9', orderNumber: 'AAA-AAA', at: 0 }] };
  expect(balance(other, stored).lost).toHaveLength(1);
});

test('one click with two orders is doubled', () => {
  const again = { customer: 'load-1', number: 'CCC-CCC', status: 'ordered', history: ['ordered'] };
  expect(balance(told, [...stored, again]).doubled).toEqual(['load-1 ordered once and has AAA-AAA, CCC-CCC']);
});

test.each([
  ['a step that was left out', 'ready', ['ordered', 'ready']],
  ['a step that was made twice', 'preparing', ['ordered', 'preparing', 'preparing']],
  ['a status without its event', 'ready', ['ordered', 'preparing']],
])('%s is an illegal history', (_, status, history) => {
  const one = { customer: 'load-1', number: 'AAA-AAA', status, history };
  expect(balance({ ...told, steps: new Map() }, [one]).illegalHistories).toHaveLength(1);
});

test('a step that a cook was told is done, and is not, is found', () => {
  const one = { customer: 'load-1', number: 'AAA-AAA', status: 'ready', history: served.slice(0, 3) };
  expect(balance(told, [one]).illegalHistories).toEqual(['AAA-AAA: a cook was told "served", it is "ready"']);
});

test('an event that is stored and did not come is missed; a number that nobody has is not', () => {
  const events = [5, 6, 7, 40, 41];
  const missedBy = (seen: number[]) =>
    balanceOf({ ...told, streamPassages: [{ after: 5, seen }] }, { orders: [...stored], events })
      .missedEvents;
  expect(missedBy([6, 7, 40])).toEqual([]);
  expect(missedBy([6, 40])).toEqual(['a stream that began after event 5 left out 7']);
});

test('refuses a name that is no name, because it stands in a statement', () => {
  expect(() => storedStatement("x'; drop table orders; --", told)).toThrow('is no name of a load');
});
