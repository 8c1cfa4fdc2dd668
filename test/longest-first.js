import Sequencer from '@jest/test-sequencer';

/**
 * What takes longest, in turns what waits and what counts: so that neither is left alone at the end, nor all wait at once.
 * Jest knows it only after a first run, and a fresh clone has had none. What is not here any more does no harm.
 */
const LONGEST = [
  'services/frontend/chromium-outage',
  'cdk8s/declaration-mutation',
  'services/order-service/outage',
  'packages/checks/charts/charts',
  'services/frontend/chromium',
  'e2e/move-database/changes',
  'services/order-service/ledger',
  'services/frontend/chromium-steps',
  'services/frontend/staff-door',
  'packages/runtime/database/database',
  'services/order-service/termination',
  'packages/checks/connections/generated-policies',
  'packages/runtime/upstream/upstream',
  'e2e/load/browser',
  'services/frontend/closed-routes',
  'services/frontend/without-upstreams',
  'services/order-service/replaced-database',
  'services/frontend/shared-guesses',
  'packages/runtime/database/log-in-storm',
  'packages/postgresql/chart-check',
  'e2e/load/load',
  'e2e/move-database/server',
  'e2e/move-database/adopt',
  'packages/checks/command/pointers',
  'images/bill-of-materials',
  'local/up',
  'packages/checks/command/chart-command',
  'services/order-service/erase-guest',
  'packages/runtime/database/wait-for-postgres',
  'packages/runtime/database/migrations',
  'services/frontend/malformed',
  'packages/constructs/burn-rate-alerts',
  'packages/runtime/http/drain',
  'packages/checks/mutations',
  'packages/checks/doctor/pairs',
  'cdk8s/cafe',
  'packages/checks/plugin',
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
