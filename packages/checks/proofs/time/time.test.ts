import { testBroken } from '../../testing/broken.js';
import { inChart, set } from '../../testing/mutation.js';
import { TIME_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';
const BASKET = 'Deployment/basket';
const STOREFRONT = 'Deployment/storefront';

// prettier-ignore
testBroken(TIME_PROOFS, {
  CAFE041: [
    ['a grace period that is too short', [set(CATALOGUE, `${POD}.terminationGracePeriodSeconds`, 10)], 'preStop 0 + drain 5 + requests in flight 10 + flush 10'],
    ['a preStop that nobody counted', [set(STOREFRONT, `${C}.lifecycle`, { preStop: { exec: { command: ['sleep', '15'] } } })], 'set terminationGracePeriodSeconds to 40'],
  ],
  CAFE042: [
    ['a start without time for a migration', [set(CATALOGUE, `${C}.startupProbe.failureThreshold`, 30)], 'begins anew, for ever'],
  ],
  CAFE043: [
    ['a probe that gives up before the answer that it asks to be held back', [set(CATALOGUE, `${C}.readinessProbe.timeoutSeconds`, 2)], 'more than 2 s, for which the probe itself asks to wait (Prefer: wait=2)'],
    ['a command with a limit that the kubelet does not wait for', [set(BASKET, `${C}.readinessProbe`, { exec: { command: ['sh', '-c', 'curl -sf --max-time 10 http://localhost:8082/readyz'] }, timeoutSeconds: 5 })], 'more than 10 s, for which the probe itself asks to wait (--max-time 10)'],
    ['pg_isready, the same', [inChart('templates/statefulset.yaml', '-t, "3"', '-t, "9"')], '(-t 9)'],
  ],
  CAFE044: [
    ['a gate that outlasts the rollout', [set(CATALOGUE, `${POD}.initContainers.0.env.GATE_TIMEOUT_SECONDS.value`, '900')], 'gate 900 + start 300'],
  ],
  CAFE045: [
    ['a caller that gives up before its callee', [set(BASKET, `${C}.env.CATALOGUE_TIMEOUT_MS.value`, '1000')], 'more than 1500 ms'],
    ['a query that takes longer than its callers wait', [set(CATALOGUE, `${C}.env.DB_QUERY_TIMEOUT_MS.value`, '5600')], 'lower DB_QUERY_TIMEOUT_MS'],
    ['a storefront that outlasts its clients', [set(STOREFRONT, `${C}.env.CATALOGUE_TIMEOUT_MS.value`, '6500')], 'less than 6000 ms, when the clients give up'],
    ['a client’s limit that is no number', [set(STOREFRONT, 'metadata.annotations.[cafe-check/client-timeout-ms]', '6 s')], 'a whole number of milliseconds'],
  ],
});
