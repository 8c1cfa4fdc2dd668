import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Change } from '../documentation/page.js';
import type { Report } from '../check.js';
import { readChart } from '../charts/chart.js';
import { checkChart } from '../charts/check-chart.js';

/** Charts are rendered by the real Helm. */
export const helmFound = spawnSync('helm', ['version']).status === 0;

/** The chart without a fault. */
export const BAKERY = fileURLToPath(new URL('../fixtures/bakery/helm/bakery', import.meta.url));

/** A text of one of the chart's files, and what it becomes. */
export type ChartEdit = readonly [file: string, from: string | RegExp, to: string];

/** The chart's files after these edits, those that change alone, by their path. */
function edited(edits: readonly ChartEdit[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [file, from, to] of edits) {
    const before = files.get(file) ?? readFileSync(join(BAKERY, file), 'utf8');
    const after = before.replaceAll(typeof from === 'string' ? from : new RegExp(from, 'g'), to);
    if (after === before) throw new Error(`${file} of the chart does not contain ${String(from)}`);
    files.set(file, after);
  }
  return files;
}

/** What these edits change, for the page of an id. */
export const chartChanges = (edits: readonly ChartEdit[]): Change[] =>
  [...edited(edits)].map(([file, broken]) => ({
    title: `bakery/${file}`,
    broken,
    whole: readFileSync(join(BAKERY, file), 'utf8'),
  }));

/** The report on the bakery's chart after these edits. */
export const bakeryAfter = (...edits: readonly ChartEdit[]): Promise<Report> => reportAfter(edits);

/** The same, as an upgrade of the chart without them. */
export const bakeryUpgradedBy = (...edits: readonly ChartEdit[]): Promise<Report> =>
  reportAfter(edits, { older: { ...readChart(BAKERY), title: 'bakery 1.0.0' } });

async function reportAfter(
  edits: readonly ChartEdit[],
  options: Parameters<typeof checkChart>[1] = {},
): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'cafe-bakery-'));
  try {
    const directory = join(folder, 'bakery');
    cpSync(BAKERY, directory, { recursive: true });
    for (const [file, text] of edited(edits)) writeFileSync(join(directory, file), text);
    return await checkChart(readChart(directory), options);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
