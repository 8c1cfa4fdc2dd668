import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { burnRateGroup } from './burn-rate-alerts.js';

const group = burnRateGroup('shop', {
  name: 'OrdersStored',
  means: 'Orders are not stored',
  errorBudget: 0.001,
  all: 'orders_total{job="shop"}',
  failed: 'orders_total{job="shop",status=~"5.."}',
});
const promtoolFound = spawnSync('promtool', ['--version']).status === 0;

/** What promtool says of the rules, when these counters are read once a minute. */
function promtool(series: Readonly<Record<string, string>>, at: string, firing: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'cafe-rules-'));
  try {
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ groups: [group] }));
    const alerts = group.rules.flatMap(({ alert, labels, annotations }) =>
      typeof alert === 'string' ? [{ alert, labels, annotations }] : [],
    );
    // promtool compares annotations, too, which hold the value: each window is asked for by an expression of its own.
    const expressions = alerts.map(({ alert, labels }) => {
      const { severity = '', window = '' } = labels as Readonly<Record<string, string>>;
      const key = window === '' ? alert : `${alert} ${window}`;
      const own = [
        'alertstate="firing"',
        `alertname="${alert}"`,
        `severity="${severity}"`,
        ...(window === '' ? [] : [`window="${window}"`]),
      ].join(',');
      return {
        expr: `count(ALERTS{${own}}) or vector(0)`,
        eval_time: at,
        exp_samples: [{ labels: '{}', value: firing.includes(key) ? 1 : 0 }],
      };
    });
    writeFileSync(
      join(folder, 'test.yaml'),
      JSON.stringify({
        rule_files: ['rules.yaml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
            promql_expr_test: expressions,
          },
        ],
      }),
    );
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'test.yaml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const GOOD = 'orders_total{job="shop",status="201"}';
const BAD = 'orders_total{job="shop",status="503"}';

(promtoolFound ? describe : describe.skip)('the rules, with promtool', () => {
  test.each<readonly [string, Readonly<Record<string, string>>, string, readonly string[]]>([
    ['nothing goes wrong', { [GOOD]: '0+600x800' }, '12h', []],
    ['one in two thousand goes wrong, as is allowed', { [GOOD]: '0+2000x800', [BAD]: '0+1x800' }, '12h', []],
    [
      'everything goes wrong for two minutes after an hour',
      { [GOOD]: '0+600x60 36000x10', [BAD]: '0x60 0+600x10' },
      '62m',
      // Six hours hold no more than this one yet.
      ['OrdersStored 1h', 'OrdersStored 6h', 'OrdersStored 3d'],
    ],
    [
      'that is over, and half an hour has been well: the pages end, the ticket stays',
      { [GOOD]: '0+600x600 360000x2 360600+600x200', [BAD]: '0x600 600 1200 1200x200' },
      '634m',
      ['OrdersStored 3d'],
    ],
    [
      'one in a hundred for days',
      { [GOOD]: '0+594x800', [BAD]: '0+6x800' },
      '12h',
      ['OrdersStored 6h', 'OrdersStored 3d'],
    ],
    ['one in five hundred for days', { [GOOD]: '0+998x800', [BAD]: '0+2x800' }, '12h', ['OrdersStored 3d']],
    [
      'an outage between two readings, of a counter that was there before',
      { [GOOD]: '0+600x60 36000 36600x10', [BAD]: '0x60 600x12' },
      '62m',
      ['OrdersStored 1h', 'OrdersStored 6h', 'OrdersStored 3d'],
    ],
    [
      'the same, of one that comes with its first failure: nobody can know that they are new',
      { [GOOD]: '0+600x60 36000 36600x10', [BAD]: '_x61 600x11' },
      '62m',
      [],
    ],
    ['nobody asks', { [GOOD]: '5x800' }, '12h', []],
    ['nobody counts', { 'up{job="else"}': '1x100' }, '10m', ['OrdersStoredUnknown']],
  ])('%s', (_name, series, at, firing) => {
    expect(promtool(series, at, firing)).toBe('');
  });

  test('a test with the wrong alert fails', () => {
    expect(promtool({ [GOOD]: '0+600x100' }, '90m', ['OrdersStored 1h'])).toContain('exp');
  });
});

test('a budget that is a percentage is refused', () => {
  expect(() =>
    burnRateGroup('shop/alerts', { name: 'Clicks', means: '', errorBudget: 99.9, all: 'a', failed: 'b' }),
  ).toThrow('shop/alerts: errorBudget of Clicks is 99.9');
});
