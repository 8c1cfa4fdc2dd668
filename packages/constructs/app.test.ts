import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { declareService, text } from '@cafe-lumiere/contract';
import { Chart } from 'cdk8s';
import * as k8s from './k8s.js';
import { App, UnprovenError } from './app.js';
import { Configuration } from './configuration.js';
import { ProbedService } from './probed-service.js';

let directory: string;
let before: string | undefined;
beforeEach(() => {
  before = process.env['CDK8S_OUTDIR'];
  directory = join(mkdtempSync(join(tmpdir(), 'cafe-app-')), 'dist');
  process.env['CDK8S_OUTDIR'] = directory;
});
afterEach(() => {
  if (before === undefined) delete process.env['CDK8S_OUTDIR'];
  else process.env['CDK8S_OUTDIR'] = before;
  rmSync(join(directory, '..'), { recursive: true });
});

function shop(app: App): Chart {
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const configuration = new Configuration(chart, 'configuration', {
    configMap: 'settings',
    secret: 'passwords',
  });
  const web = declareService({ name: 'web', port: 8080, reads: { API_URL: text() } });
  new ProbedService(chart, web, {
    image: 'shop/web:1.0.0',
    configuration,
    values: { API_URL: 'http://api:8080' },
  });
  return chart;
}

test('what is proven is written', () => {
  const app = new App();
  const chart = shop(app);
  new k8s.KubeService(chart, 'api', {
    metadata: { name: 'api' },
    spec: { type: 'ExternalName', externalName: 'api.example.org' },
  });
  app.synth();
  expect(readdirSync(directory)).toEqual(['shop.yaml']);
});

test('of several nothing is written when one cannot work, whichever comes first', () => {
  const [whole, broken] = [new App(), new App({ outdir: join(directory, 'elsewhere') })];
  const chart = shop(whole);
  new k8s.KubeService(chart, 'api', {
    metadata: { name: 'api' },
    spec: { type: 'ExternalName', externalName: 'api.example.org' },
  });
  shop(broken);
  expect(() => {
    App.synthAll([whole, broken]);
  }).toThrow(/nothing was written to .*elsewhere/);
  expect(existsSync(directory)).toBe(false);
  App.synthAll([whole]);
  expect(readdirSync(directory)).toEqual(['shop.yaml']);
});

test('what cannot work is not, and the message says what to change', () => {
  const app = new App();
  shop(app);
  expect(() => {
    app.synth();
  }).toThrow(UnprovenError);
  expect(() => {
    app.synth();
  }).toThrow(/CAFE001 broken: Deployment shop\/web[\s\S]*API_URL=http:\/\/api:8080[\s\S]*git restore/);
  expect(existsSync(directory)).toBe(false);
});
