import Sequencer from '@jest/test-sequencer';

/**
 * What takes longest, in turns what waits and what counts: so that neither is left alone at the end, nor all wait at once.
 * Jest knows it only after a first run, and a fresh clone has had none. What is not here any more does no harm.
 */
const LONGEST = [
  'packages/checks/charts/charts',
  'services/frontend/chromium-outage',
  'services/order-service/outage',
  'cdk8s/declaration-mutation',
  'local/up',
  'services/frontend/chromium',
  'services/order-service/termination',
  'services/order-service/ledger',
  'packages/runtime/database/database',
  'services/frontend/chromium-steps',
  'services/order-service/replaced-database',
  'images/bill-of-materials',
  'packages/runtime/database/wait-for-postgres',
  'packages/checks/plugin',
  'services/frontend/closed-routes',
  'packages/runtime/database/log-in-storm',
  'packages/checks/connections/generated-policies',
  'packages/runtime/upstream/upstream',
  'services/frontend/staff-door',
  'e2e/load/load',
  'packages/checks/doctor/pairs',
  'services/frontend/malformed',
  'services/frontend/order-limit',
  'packages/runtime/database/migrations',
  'packages/constructs/burn-rate-alerts',
].map((name) => `/${name}.test.ts`);

/** @param {import('@jest/test-result').Test} test */
const rank = ({ path }) => {
  const index = LONGEST.findIndex((name) => path.endsWith(name));
  return index < 0 ? LONGEST.length : index;
};

export default class LongestFirst extends Sequencer {
  /** @param {import('@jest/test-result').Test[]} tests */
  sort(tests) {
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
}
