import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { findingText } from './finding.js';
import { installedAs, type Mutation, reportAfter, set, unset } from './mutation.js';

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
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
  const [finding] = reportAfter(...mutations).findings.filter((each) => each.id === id);
  const text = finding ? findingText(finding) : 'no such finding';
  expect(readme).toContain(text.replaceAll(/^/gm, '    '));
});
