import { App, synthesized } from '@cafe-lumiere/constructs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { Cafe } from '../../../cdk8s/cafe.js';
import { type Environment, environmentNamed } from '../../../cdk8s/environments.js';
import { readMonitoring } from './manifests.js';
import { targetsOf } from './targets.js';

const cafeWith = (given: Partial<Environment>) =>
  synthesized(
    new Cafe(new App(), 'deployments', {
      environment: { ...environmentNamed(), ...given },
      imageOf: (service) => `registry.example.com/${service}:1.0.0`,
    }),
  );
const text = (objects: readonly unknown[]): string =>
  objects.map((object) => stringify(object)).join('---\n');

let manifests: string;
beforeAll(() => {
  manifests = text(cafeWith({ monitoring: { namespace: 'monitoring', operator: { labels: {} } } }));
});

test('the rules and monitors are those that the manifests have', () => {
  const { monitors, groups } = readMonitoring(manifests);
  expect(monitors.map(({ metadata }) => metadata.name).sort()).toEqual([
    'frontend',
    'kitchen-service',
    'order-service',
  ]);
  expect(groups.map(({ name }) => name)).toEqual(['objective-ClicksAnswered', 'objective-OrdersStored']);
});

test('manifests that say nothing to a Prometheus operator are refused, and not watched without a rule', () => {
  expect(() => readMonitoring(text(cafeWith({})))).toThrow(
    'The manifests have 0 PodMonitors and 0 groups of rules',
  );
});

describe('the pods that are read', () => {
  const pod = (app: string, status: object): object => ({
    metadata: { name: `${app}-1`, namespace: 'cafe-lumiere', labels: { app } },
    spec: {
      containers: [
        {
          name: app,
          ports: [
            { name: 'http', containerPort: 5000 },
            { name: 'operations', containerPort: 9090 },
          ],
        },
        { name: 'beside' },
      ],
    },
    status,
  });
  const targets = (...pods: readonly object[]) =>
    targetsOf(readMonitoring(manifests).monitors, JSON.stringify({ items: pods }));

  test('are those of the monitors, at their port, with the labels that the rules ask for', () => {
    expect(
      targets(pod('frontend', { phase: 'Running', podIP: '10.0.0.1' }), pod('else', { podIP: '10.0.0.2' })),
    ).toEqual([
      {
        targets: ['10.0.0.1:9090'],
        labels: {
          job: 'cafe-lumiere/frontend',
          namespace: 'cafe-lumiere',
          pod: 'frontend-1',
          container: 'frontend',
          endpoint: 'operations',
        },
      },
    ]);
  });

  test.each([
    ['has no address yet', { phase: 'Pending' }],
    ['has ended', { phase: 'Succeeded', podIP: '10.0.0.1' }],
    ['has failed', { phase: 'Failed', podIP: '10.0.0.1' }],
  ])('are not one that %s', (_, status) => {
    expect(targets(pod('frontend', status))).toEqual([]);
  });
});
