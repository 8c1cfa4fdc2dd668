import { expect, test } from '@jest/globals';
import { type ClickRecord, Records } from '../load/records.js';
import { type Observation, toOutcome } from './outcome.js';
import type { ScenarioKind } from './scenario.js';

const balance = { acknowledged: 0, found: 0, lost: [], doubled: [], illegalHistories: [], missedEvents: [] };
const click = (given: Partial<ClickRecord> = {}): ClickRecord => ({
  actor: 'guest',
  startedAt: 1000,
  milliseconds: 20,
  attempts: 1,
  saidAfter: 20,
  ...given,
});

function outcomeOf(
  kind: ScenarioKind,
  fill: (records: Records) => void,
  given: Partial<Observation> = {},
): ReturnType<typeof toOutcome> {
  const records = new Records();
  fill(records);
  const scenario = { name: 'test', title: 'Test', kind };
  return toOutcome({ scenario, records, marks: [{ at: 2000, text: '' }], balance, restarts: [], ...given });
}
const violations = (...words: Parameters<typeof outcomeOf>) => outcomeOf(...words).violations;
const late = (...words: Parameters<typeof outcomeOf>) => outcomeOf(...words).late;

const aFailedRequest = (records: Records): void => {
  records.clicks.push(click());
  records.requests.push({ kind: 'step', startedAt: 0, milliseconds: 1, failure: 'answered 503' });
};

test('a planned operation must not fail a request; a lost replica may', () => {
  expect(violations('planned', aFailedRequest)).toEqual(['1 requests failed']);
  expect(violations('replica', aFailedRequest)).toEqual([]);
});

test('a click must not fail, whatever happens', () => {
  for (const kind of ['planned', 'replica', 'database'] as const) {
    expect(violations(kind, ({ clicks }) => clicks.push(click({ failure: 'answered 500' })))).toEqual([
      '1 clicks failed',
    ]);
  }
});

test('a load in which nobody clicked shows nothing', () => {
  expect(violations('planned', () => undefined)).toEqual(['nobody clicked, so nothing was shown']);
});

test('an alert that nobody awaits is a violation, where a Prometheus watched', () => {
  const fill = ({ clicks }: Records): unknown => clicks.push(click());
  const alerts = [{ name: 'OrdersStored', severity: 'page', window: '1h', firingAfter: 60_000 }];
  expect(violations('planned', fill, { alerts })).toEqual([
    'OrdersStored (page, 1h) fired after 60 s, and nobody should be woken',
  ]);
  expect(violations('planned', fill, { alerts: [] })).toEqual([]);
});

test('a page that says nothing for too long is seen', () => {
  const slow = ({ clicks }: Records): unknown => clicks.push(click({ saidAfter: 4000 }));
  expect(late('database', slow)).toEqual(['a page said nothing for 4000 ms']);
});

test('the first order is measured from the database’s return', () => {
  const fill = ({ clicks, acknowledgements }: Records): void => {
    clicks.push(click());
    for (const at of [4000, 6500, 9000]) acknowledgements.push({ customer: 'a', orderNumber: 'b', at });
  };
  const outcome = outcomeOf('database', fill, { databaseBackAt: 5000 });
  expect(outcome.firstOrder).toBe(1500);
  expect(outcome.late).toEqual([
    'the first order came 1500 ms after the database’s return'.replace('’', "'"),
  ]);
  expect(outcomeOf('database', fill, { databaseBackAt: 6000 }).late).toEqual([]);
});

test('no order at all after the database’s return is a violation, not a quick one', () => {
  const fill = ({ clicks }: Records): unknown => clicks.push(click());
  expect(violations('database', fill, { databaseBackAt: 5000 })).toEqual([
    "no order came after the database's return",
  ]);
});

test('recovery lasts until the last click that was held up has ended', () => {
  const fill = ({ clicks }: Records): unknown =>
    clicks.push(
      click(),
      click({ startedAt: 2500, attempts: 2, milliseconds: 700 }),
      click({ startedAt: 4000, milliseconds: 1500 }),
      click({ startedAt: 9000 }),
    );
  expect(outcomeOf('replica', fill).recovery).toBe(3500);
});

test('restarts, faults of streams and an unbalanced ledger are violations', () => {
  const fill = ({ clicks, streamFaults }: Records): void => {
    clicks.push(click());
    streamFaults.push('event 3 came after 4');
  };
  const unbalanced = {
    ...balance,
    lost: ['an order'],
    doubled: ['another'],
    illegalHistories: ['a third'],
    missedEvents: ['a fourth'],
  };
  expect(violations('planned', fill, { restarts: ['frontend (1)'], balance: unbalanced })).toEqual([
    'restarted: frontend (1)',
    'an order',
    'another',
    'a third',
    'a fourth',
    'event 3 came after 4',
  ]);
});
