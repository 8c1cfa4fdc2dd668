import { findingText } from '@cafe-lumiere/checks';
import { App, only, synthesized } from '@cafe-lumiere/constructs';
import { expect, test } from '@jest/globals';
import { objectives } from './alerts.js';
import { Cafe } from './cafe.js';
import { environmentNamed } from './environments.js';
import { frontendApi } from '../services/frontend/api.js';

const app = new App();
const cafe = new Cafe(app, 'deployments', {
  environment: {
    ...environmentNamed('production'),
    monitoring: { namespace: 'monitoring', operator: { labels: { release: 'prometheus' } } },
  },
  imageOf: (service) => `registry.example.com/${service}:1.0.0`,
});

test('with a Prometheus operator has a monitor for each service and alerts, by its labels, and no finding', () => {
  const manifests = synthesized(cafe);
  for (const name of ['order-service', 'kitchen-service', 'frontend']) {
    expect(only(manifests, 'PodMonitor', name)).toMatchObject({
      metadata: { labels: { release: 'prometheus' } },
      spec: { selector: { matchLabels: { app: name } }, podMetricsEndpoints: [{ port: 'operations' }] },
    });
  }
  expect(only(manifests, 'PrometheusRule', 'cafe-lumiere')).toMatchObject({
    metadata: { labels: { release: 'prometheus' } },
    spec: { groups: [{ name: 'objective-ClicksAnswered' }, { name: 'objective-OrdersStored' }] },
  });
  expect(app.proven().findings.map(findingText)).toEqual([]);
});

test('the route that stores an order is one that the frontend has', () => {
  const stored = objectives('cafe-lumiere').find(({ name }) => name === 'OrdersStored')?.all;
  const [, method, path] = /method="(.*?)",path="(.*?)"/.exec(stored ?? '') ?? [];
  expect(JSON.stringify(frontendApi)).toContain(JSON.stringify(path));
  expect(method).toBe('POST');
});
