import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ChartFolder, helmFound } from './chart-fixture.js';

const rules = z.object({
  groups: z.array(z.object({ rules: z.array(z.looseObject({ alert: z.string(), expr: z.string() })) })),
});

(helmFound ? describe : describe.skip)('the alerts, with the real Helm', () => {
  let chart: ChartFolder;
  beforeAll(() => {
    chart = new ChartFolder({ auth: { password: 'open' } });
  });
  afterAll(() => {
    chart.remove();
  });
  const rule = (...words: readonly string[]) =>
    chart.objects('shop', ...words).find(({ kind }) => kind === 'PrometheusRule');
  const ON = ['--set', 'metrics.prometheusRule.enabled=true'];
  const alerts = (...words: readonly string[]) =>
    rules.parse(rule(...ON, ...words)?.spec).groups.flatMap((group) => group.rules);

  test('are there for those who ask for them, with the labels that their Prometheus selects by', () => {
    expect(rule()).toBeUndefined();
    expect(rule(...ON, '--set', 'metrics.prometheusRule.labels.release=monitoring')).toMatchObject({
      metadata: { labels: { release: 'monitoring' } },
    });
  });

  test('ask about this release alone, and about backups where there are some', () => {
    expect(alerts().map(({ alert }) => alert)).toEqual([
      'PostgresqlDown',
      'PostgresqlRestarts',
      'PostgresqlVolumeFillsUp',
    ]);
    const all = alerts('--set', 'backup.enabled=true,metrics.prometheusRule.backupMaxAgeHours=2');
    for (const { expr } of all) {
      expect(expr).toContain('namespace="test"');
      expect(expr).toContain('shop-postgresql');
    }
    const counted = alerts('--set', 'metrics.enabled=true,metrics.existingSecret=theirs').slice(3);
    expect(counted.map(({ alert }) => alert)).toEqual([
      'PostgresqlConnectionsRunOut',
      'PostgresqlLongTransaction',
      'PostgresqlExporterBlind',
    ]);
    for (const { expr } of counted)
      expect(expr).toContain('namespace="test",service="shop-postgresql-metrics"');
    // Without the sum the zero would always be there, and the alert, too.
    expect(all[0]?.expr).toMatch(/^\(sum\(.*\) or vector\(0\)\) < 1$/);
    expect(all.find(({ alert }) => alert === 'PostgresqlBackupTooOld')?.expr).toMatch(/ > 7200$/);
  });
});
