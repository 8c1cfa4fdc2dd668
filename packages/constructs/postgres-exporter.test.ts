import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { check, explanation, findingText, readRelease } from '@cafe-lumiere/checks';
import { EXPORTER } from '@cafe-lumiere/contract';
import { postgresqlChartFiles, writePostgresqlChart } from '@cafe-lumiere/postgresql';

// What the chart, the budget and the checks say of one number; none of those packages knows the others.

test('the exporter’s role holds no more connections than the budget has for it', () => {
  expect(postgresqlChartFiles().get('files/exporter-role.sh')).toContain(`connection limit ${EXPORTER} `);
});

const helmFound = spawnSync('helm', ['version']).status === 0;

(helmFound ? describe : describe.skip)('the exporter, rendered by Helm,', () => {
  test('stands in the connection budget of our checks, and has no finding', () => {
    const directory = mkdtempSync(join(tmpdir(), 'postgresql-exporter-'));
    try {
      const theirs = { existingSecret: 'theirs' };
      writePostgresqlChart(directory, { auth: theirs, metrics: { enabled: true, ...theirs } });
      const { manifests } = readRelease({ name: 'shop', namespace: 'test', directory });
      const report = check(manifests);
      expect(report.findings.map(findingText).filter((text) => text.includes('-metrics'))).toEqual([]);
      expect(explanation(report)).toContain(
        `shop-postgresql-metrics (1 + 0 pods) × ${EXPORTER} = ${EXPORTER};`,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
