import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Testing } from 'cdk8s';
import { Construct } from 'constructs';
import { expect, test } from '@jest/globals';
import { HelmChart } from './helm-chart.js';

const newChart = (files: Record<string, string>) =>
  new HelmChart(Testing.app(), 'chart', {
    name: 'store',
    release: 'store',
    files: () => new Map(Object.entries(files)),
  });

test('a chart is written below helm/, never at the top level of the output', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cafe-chart-'));
  newChart({ 'Chart.yaml': 'name: store\n', 'templates/a.yaml': 'a\n' }).write(directory);
  expect(readFileSync(join(directory, 'helm/store/Chart.yaml'), 'utf8')).toBe('name: store\n');
  expect(readFileSync(join(directory, 'helm/store/templates/a.yaml'), 'utf8')).toBe('a\n');
  rmSync(directory, { recursive: true });
});

test.each(['../values.yaml', '/etc/values.yaml', 'templates/../../x'])('a file at %s is refused', (path) => {
  expect(() => newChart({ [path]: '' }).files()).toThrow(
    `chart: the chart file "${path}" is not a plain path`,
  );
});

test('every chart of a tree is found', () => {
  const app = Testing.app();
  new HelmChart(new Construct(app, 'deep'), 'chart', {
    name: 'store',
    release: 'store',
    files: () => new Map(),
  });
  expect(HelmChart.within(app).map(({ chartName }) => chartName)).toEqual(['store']);
});
