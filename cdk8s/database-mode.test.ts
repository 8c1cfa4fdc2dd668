import { findingText } from '@cafe-lumiere/checks';
import { App, only, synthesized } from '@cafe-lumiere/constructs';
import { describe, expect, test } from '@jest/globals';
import { Cafe } from './cafe.js';
import { type CafeDatabase, environments } from './environments.js';

const cafeWith = (name: string, mode?: 'cluster') => {
  const environment = environments[name];
  if (environment === undefined || environment.database.mode === 'external') throw new Error(name);
  const database: CafeDatabase = mode ? { ...environment.database, mode } : environment.database;
  const app = new App();
  const cafe = new Cafe(app, 'deployments', {
    environment: { ...environment, database },
    imageOf: (service) => `registry.example.com/${service}:1.0.0`,
  });
  return { app, manifests: synthesized(cafe) };
};

describe.each(Object.keys(environments))('%s with one word changed, mode: cluster,', (name) => {
  const [chart, cluster] = [cafeWith(name), cafeWith(name, 'cluster')];

  test('has no finding', () => {
    expect(cluster.app.proven().findings.map(findingText)).toEqual([]);
  });

  test('has three PostgreSQLs behind the same name, and no chart to install', () => {
    expect(only(cluster.manifests, 'Cluster', 'cafe-lumiere-database')).toHaveProperty('spec.instances', 3);
    expect(only(cluster.manifests, 'Service', 'cafe-lumiere-postgresql')).toHaveProperty('spec.selector', {
      'cnpg.io/cluster': 'cafe-lumiere-database',
      'cnpg.io/instanceRole': 'primary',
    });
    expect(cluster.app.proven().helmCharts).toEqual([]);
  });

  test('has the same ConfigMap and Deployments, so that no pod rolls', () => {
    for (const { kind, metadata } of chart.manifests) {
      if (kind !== 'ConfigMap' && kind !== 'Deployment') continue;
      expect(only(cluster.manifests, kind, metadata.name)).toEqual(
        only(chart.manifests, kind, metadata.name),
      );
    }
  });
});
