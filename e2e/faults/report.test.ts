import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Records } from '../load/records.js';
import { type Observation, toOutcome } from './outcome.js';
import { toSvg } from './plot.js';
import { renderPage } from './recorded.js';
import { toMarkdown } from './report.js';
import type { ScenarioKind } from './scenario.js';

const outcomeOf = (name: string, kind: ScenarioKind, failed: number, given: Partial<Observation> = {}) => {
  const records = new Records();
  const click = { actor: 'guest', startedAt: 0, milliseconds: 1234, attempts: 1, saidAfter: 20 } as const;
  records.clicks.push(click);
  for (let count = 0; count < 10; count += 1) {
    const failure = count < failed ? { failure: 'answered 503' } : {};
    records.requests.push({ kind: 'order', startedAt: 0, milliseconds: 20, ...failure });
  }
  const balance = {
    acknowledged: 5,
    found: 5,
    lost: [],
    doubled: [],
    illegalHistories: [],
    missedEvents: [],
  };
  return toOutcome({
    scenario: { name, title: `Title of ${name}`, kind },
    records,
    marks: [],
    balance,
    restarts: [],
    ...given,
  });
};

describe('the report', () => {
  const fired = { name: 'OrdersStored', severity: 'page', window: '1h', firingAfter: 61_000 };
  const page = toMarkdown({
    environments: ['Somewhere.'],
    scenarios: [
      { runs: [outcomeOf('restart', 'planned', 0, { alerts: [] }), outcomeOf('restart', 'planned', 1)] },
      {
        runs: [outcomeOf('stop', 'database', 2, { databaseBackAt: 1, alerts: [fired] })],
        alert: 'OrdersStored',
      },
      { runs: [outcomeOf('lose', 'replica', 3)], database: 'cluster', comparedWith: 'stop' },
    ],
    gateway: [{ runs: [outcomeOf('restart', 'planned', 4, { alerts: [] })] }],
    naive: [{ runs: [outcomeOf('stop', 'database', 9, { restarts: ['a/b (1)', 'c/d (2)'] })] }],
  });

  test('adds up the runs of one scenario', () => {
    expect(page).toContain('| Title of restart | 2 | 2 | **0** | **1** of 20 | 0 | 1.2 s | 1.2 s |');
  });

  test('shows the same straight and through a Gateway', () => {
    expect(page).toContain(
      '| Title of restart | 0 | 0 | 1 of 20 | 4 of 10 | 0 of 2 | 0 of 1 | 1.2 s | 1.2 s |',
    );
  });

  test('says who was woken, where a Prometheus watched', () => {
    expect(page).toContain('| Title of stop | 1 | OrdersStored | OrdersStored after 61.0 s |');
    expect(page).toContain('| Title of restart | 2 | none | none |');
    expect(page).not.toMatch(/\| Title of lose \| \d+ \| none \|/);
  });

  test('says "never" when no order came after the database’s return', () => {
    expect(page).toMatch(/Title of stop .*\| never \|/);
  });

  test('shows one PostgreSQL and three side by side, and three nowhere else', () => {
    expect(page).toContain('| Title of lose | 0 | 0 | 0 of 1 | 0 of 1 | 1.2 s | 1.2 s | 1.2 s | 1.2 s |');
    expect(page).not.toContain('## Something that has a second one is lost');
  });

  test('shows the naive variant beside ours', () => {
    expect(page).toContain('| Title of stop | 2 of 10 | 9 of 10 | 0 | 0 | 0 | 2 |');
  });
});

test('the plot has a dot for each click, by how it went, and escapes what stands in it', () => {
  const click = { actor: 'guest', startedAt: 1000, milliseconds: 20, attempts: 1, saidAfter: 20 } as const;
  const svg = toSvg({
    title: 'a < b',
    startedAt: 0,
    clicks: [click, { ...click, startedAt: 2000, attempts: 2 }, { ...click, startedAt: 3000, failure: 'no' }],
    marks: [{ at: 1500, text: 'power & light' }],
  });
  for (const name of ['first', 'retried', 'failed']) {
    expect(svg).toMatch(new RegExp(`<path class="${name}" d="M\\d+ \\d+h0"/>`));
  }
  expect(svg).toContain('a &lt; b');
  expect(svg).toContain('power &amp; light');
});

test('the committed page is what is made from the recorded outcomes', () => {
  const page = readFileSync('docs/reliability.md', 'utf8');
  expect(renderPage(page)).toBe(page);
});
