import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { findingText, toManifests } from '@cafe-lumiere/checks';
import {
  installedAs,
  type Mutation,
  reportAfter,
  set,
  type System,
  unset,
} from '@cafe-lumiere/checks/testing';
import { parsePostgresqlValues, postgresqlObjects } from '@cafe-lumiere/postgresql';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const readme = readFileSync(at('README.md'), 'utf8');
const cafe: System = {
  manifests: at('dist/deployments.yaml'),
  chart: at('dist/helm/postgresql'),
  release: 'cafe-lumiere-postgresql',
  namespace: 'cafe-lumiere',
  render: ({ files, release, namespace }) => {
    const values = parsePostgresqlValues(parse(files.get('values.yaml') ?? ''));
    return toManifests(postgresqlObjects({ release, namespace, values }), 'dist/helm/postgresql');
  },
};
const budget = 'PodDisruptionBudget/frontend';

const shown: readonly (readonly [what: string, id: string, ...mutations: Mutation[]])[] = [
  [
    'a wrong name',
    'CAFE001',
    set('ConfigMap/cafe-config', 'data.ORDER_SERVICE_URL', 'http://order-servic:5001'),
  ],
  ['another release', 'CAFE011', installedAs('db')],
  ['a policy', 'CAFE061', set('NetworkPolicy/order-service', 'spec.egress.1.ports.0.port', 5433)],
  ['a budget', 'CAFE072', unset(budget, 'spec.maxUnavailable'), set(budget, 'spec.minAvailable', 2)],
  [
    'a grace period',
    'CAFE041',
    set('Deployment/order-service', 'spec.template.spec.terminationGracePeriodSeconds', 10),
  ],
];

test.each(shown)('the README shows what is really said about %s', (_what, id, ...mutations) => {
  const [finding] = reportAfter(cafe, ...mutations).findings.filter((each) => each.id === id);
  const text = finding ? findingText(finding) : 'no such finding';
  expect(readme).toContain(text.replaceAll(/^/gm, '    '));
});
