import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../check.js';
import { readChart } from '../charts/chart.js';
import { checkChart } from '../charts/check-chart.js';

/** Charts are rendered by the real Helm. */
export const helmFound = spawnSync('helm', ['version']).status === 0;

/** The chart without a fault. */
export const BAKERY = fileURLToPath(new URL('../fixtures/bakery/helm/bakery', import.meta.url));

/** A text of one of the chart's files, and what it becomes. */
export type ChartEdit = readonly [file: string, from: string | RegExp, to: string];

/** The report on the bakery's chart after these edits, as an upgrade of the one without them. */
export async function bakeryAfter(...edits: readonly ChartEdit[]): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'cafe-bakery-'));
  try {
    const directory = join(folder, 'bakery');
    cpSync(BAKERY, directory, { recursive: true });
    for (const [file, from, to] of edits) {
      const path = join(directory, file);
      const before = readFileSync(path, 'utf8');
      const after = before.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
      if (after === before) throw new Error(`${file} of the chart does not contain ${String(from)}`);
      writeFileSync(path, after);
    }
    const [chart, older] = [readChart(directory), readChart(BAKERY)];
    return await checkChart(chart, { older: { ...older, title: 'bakery 1.0.0' } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
