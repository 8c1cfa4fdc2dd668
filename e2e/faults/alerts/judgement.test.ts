import { expect, test } from '@jest/globals';
import { objectives } from '../../../cdk8s/alerts.js';
import { ALERTS } from '../scenario.js';
import { scenarios } from '../scenarios.js';
import { alertViolations, type SeenAlert, whenSeen } from './judgement.js';

const page = (firingAfter?: number, given: Partial<SeenAlert> = {}): SeenAlert => ({
  name: 'OrdersStored',
  severity: 'page',
  window: '1h',
  firingAfter,
  ...given,
});

test('where none is awaited, one that fires is wrong, whenever it does, and one that is pending is not', () => {
  expect(alertViolations({}, [])).toEqual([]);
  expect(alertViolations({}, [page(undefined, { pendingAfter: 100 })])).toEqual([]);
  expect(alertViolations({}, [page(4000)])).toEqual([
    'OrdersStored (page, 1h) fired after 4 s, and nobody should be woken',
  ]);
  expect(alertViolations({}, [page(-4000)])).toHaveLength(1);
  expect(alertViolations({}, [page(1, { severity: 'ticket', window: '3d' })])).toHaveLength(1);
});

test('the one that is awaited must wake somebody within two minutes of the fault, by one of its windows', () => {
  const awaited = { alert: 'OrdersStored' } as const;
  expect(alertViolations(awaited, [page(130_000), page(119_000, { window: '6h' })])).toEqual([]);
  expect(alertViolations(awaited, [page(50_000), page(40_000, { name: 'ClicksAnswered' })])).toEqual([]);
  expect(alertViolations(awaited, [page(121_000)])).toEqual([
    'OrdersStored should wake somebody within 120 s of the fault, and fired after 121 s',
  ]);
});

test.each([
  ['nothing fires', []],
  ['another one fires', [page(50_000, { name: 'ClicksAnswered' })]],
  ['it is pending', [page(undefined, { pendingAfter: 50_000 })]],
  ['it is a ticket, which wakes nobody', [page(50_000, { severity: 'ticket' })]],
])('where one is awaited, %s: wrong', (_, seen) => {
  expect(alertViolations({ alert: 'OrdersStored' }, seen)).toEqual([
    'OrdersStored should wake somebody within 120 s of the fault, and did not fire',
  ]);
});

test('one that fired before the fault has not told of it', () => {
  expect(alertViolations({ alert: 'OrdersStored' }, [page(-1000)])).toEqual([
    'OrdersStored should wake somebody within 120 s of the fault, and fired after -1 s',
  ]);
});

test('where nobody watched, or nobody can say when, nothing is judged', () => {
  expect(alertViolations({ alert: 'OrdersStored' }, undefined)).toEqual([]);
  expect(alertViolations({ alert: 'any' }, [page(4000)])).toEqual([]);
});

test('no planned scenario may wake anybody', () => {
  expect(scenarios.filter(({ kind, alert }) => kind === 'planned' && alert !== undefined)).toEqual([]);
});

test('the alerts that can be awaited are those of the objectives', () => {
  expect([...ALERTS]).toEqual(objectives('cafe-lumiere').map(({ name }) => name));
});

test('a line says when it fired', () => {
  expect(whenSeen(page(53_400))).toBe('OrdersStored (page, 1h) after 53 s');
  expect(whenSeen(page(undefined, { name: 'OrdersStoredUnknown', window: '' }))).toBe(
    'OrdersStoredUnknown (page) pending',
  );
});
