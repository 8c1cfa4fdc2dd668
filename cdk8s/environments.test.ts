import { expect, test } from '@jest/globals';
import { Testing } from 'cdk8s';
import { parse } from 'yaml';
import { Cafe } from './cafe.js';
import { HelmChart } from '@cafe-lumiere/constructs';
import { environments } from './environments.js';
import { parsePostgresqlValues, postgresqlObjects } from '@cafe-lumiere/postgresql';
import { check } from '@cafe-lumiere/checks';
import { findingText } from '@cafe-lumiere/checks';
import { toManifests } from '@cafe-lumiere/checks';

const IMAGES = {
  'order-service': 'registry.example.com/cafe-lumiere/order-service:1.0.0',
  'kitchen-service': 'registry.example.com/cafe-lumiere/kitchen-service:1.0.0',
  frontend: 'registry.example.com/cafe-lumiere/frontend:1.0.0',
};

test.each(Object.entries(environments))(
  'the café in the environment %s has no finding',
  (name, environment) => {
    const app = Testing.app();
    const objects: readonly unknown[] = new Cafe(app, 'deployments', {
      environment,
      images: IMAGES,
    }).toJson();
    const manifests = toManifests(objects, name);
    const releases = HelmChart.within(app).map((chart) => {
      const files = chart.files();
      const values = parsePostgresqlValues(parse(files.get('values.yaml') ?? ''));
      const { release, chartName } = chart;
      const database = postgresqlObjects({ release, namespace: 'cafe-lumiere', values });
      return {
        name: release,
        chart: chartName,
        files,
        values,
        manifests: toManifests(database, release),
        rendered: false,
      };
    });
    const { findings, waived } = check(manifests, { releases });
    expect(findings.map(findingText)).toEqual([]);
    expect(waived.map(({ finding }) => finding.id)).toEqual(name === 'local' ? ['CAFE091'] : []);
  },
);
