import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { expect, test } from '@jest/globals';
import { HelmChart, type HelmChartProps } from './helm-chart.js';

const chartIn = (scope: Construct, id: string, props: Partial<HelmChartProps> = {}) =>
  new HelmChart(scope, id, {
    folder: 'store',
    release: 'store',
    files: () => new Map(),
    objects: () => [],
    ...props,
  });

const newChart = (files: Record<string, string>) =>
  chartIn(new Chart(Testing.app(), 'shop', { namespace: 'shop' }), 'chart', {
    files: () => new Map(Object.entries(files)),
    objects: () => [{ kind: 'Service' }],
  });

test('a chart is written below helm/, never at the top level of the output', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cafe-chart-'));
  newChart({ 'Chart.yaml': 'name: store\n', 'templates/a.yaml': 'a\n' }).write(directory);
  expect(readFileSync(join(directory, 'helm/store/Chart.yaml'), 'utf8')).toBe('name: store\n');
  expect(readFileSync(join(directory, 'helm/store/templates/a.yaml'), 'utf8')).toBe('a\n');
  expect(JSON.parse(readFileSync(join(directory, 'helm/store/release.json'), 'utf8'))).toEqual({
    release: 'store',
    namespace: 'shop',
    objects: [{ kind: 'Service' }],
  });
  rmSync(directory, { recursive: true });
});

test.each(['../values.yaml', '/etc/values.yaml', 'templates/../../x'])('a file at %s is refused', (path) => {
  expect(() => newChart({ [path]: '' }).files()).toThrow(
    `shop/chart: the chart file "${path}" is not a plain path`,
  );
});

test('every chart of a tree is found', () => {
  const app = Testing.app();
  chartIn(new Construct(new Chart(app, 'shop'), 'deep'), 'chart');
  expect(HelmChart.within(app).map(({ folder }) => folder)).toEqual(['store']);
});

test.each<[string, Partial<HelmChartProps>, string]>([
  [
    'folder',
    { release: 'other' },
    'the folder helm/store is that of shop/one, too. Give one of them a folder',
  ],
  ['release', { folder: 'other' }, 'the release store in the namespace default is that of shop/one, too.'],
])('two charts with one %s are refused', (_what, props, message) => {
  const chart = new Chart(Testing.app(), 'shop');
  chartIn(chart, 'one');
  chartIn(chart, 'two', props);
  expect(() => HelmChart.within(chart)).toThrow(message);
});
