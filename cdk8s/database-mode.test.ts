import { findingText } from '@cafe-lumiere/checks';
import { App, only, synthesized } from '@cafe-lumiere/constructs';
import { describe, expect, test } from '@jest/globals';
import { Cafe } from './cafe.js';
import { type CafeDatabase, environments } from './environments.js';

type ClusterDatabase = Extract<CafeDatabase, { readonly mode: 'cluster' }>;

const cafeWith = (name: string, backup?: ClusterDatabase['backup']) => {
  const environment = environments[name];
  if (environment === undefined || environment.database.mode === 'external') throw new Error(name);
  const database: CafeDatabase =
    backup === undefined ? environment.database : { ...environment.database, mode: 'cluster', backup };
  const app = new App();
  const cafe = new Cafe(app, 'deployments', {
    environment: { ...environment, database },
    imageOf: (service) => `registry.example.com/${service}:1.0.0`,
  });
  return { app, manifests: synthesized(cafe) };
};

describe.each(Object.keys(environments))('%s with mode: cluster and a word on its backup', (name) => {
  const [chart, cluster, backedUp] = [cafeWith(name), cafeWith(name, 'none'), cafeWith(name, {})];

  test('has no finding', () => {
    expect(cluster.app.proven().findings.map(findingText)).toEqual([]);
    expect(backedUp.app.proven().findings.map(findingText)).toEqual([]);
  });

  test('is dumped each night unless somebody says that somebody else sees to it', () => {
    expect(only(backedUp.manifests, 'CronJob', 'cafe-lumiere-database-backup')).toHaveProperty(
      'spec.schedule',
      '17 3 * * *',
    );
    expect(cluster.manifests.map(({ kind }) => kind)).not.toContain('CronJob');
  });

  test('changes nothing else by its backup than who may come to the database', () => {
    const before = cluster.manifests.filter(
      ({ kind, metadata }) => kind !== 'NetworkPolicy' || metadata.name !== 'cafe-lumiere-database',
    );
    expect(backedUp.manifests).toEqual(expect.arrayContaining(before));
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

test('a cluster that says nothing of its backup is refused, with what to write', () => {
  const { local } = environments;
  if (local?.database.mode !== 'chart') throw new Error('local');
  // @ts-expect-error -- no backup: what a compiler refuses, `make synth` refuses, too
  const database: CafeDatabase = { ...local.database, mode: 'cluster' };
  const imageOf = (service: string): string => `registry.example.com/${service}:1.0.0`;
  expect(() => new Cafe(new App(), 'deployments', { environment: { ...local, database }, imageOf })).toThrow(
    "Write beside mode: backup: {} (a dump each night, restored and compared before it counts), or backup: 'none'",
  );
});
