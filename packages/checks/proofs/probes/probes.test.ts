import { testBroken } from '../../testing/broken.js';
import { set, unset } from '../../testing/mutation.js';
import { PROBE_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';
const BASKET = 'Deployment/basket';
const STOREFRONT = 'Deployment/storefront';

// prettier-ignore
testBroken(PROBE_PROOFS, {
  CAFE031: [
    ['no readiness probe', [unset(CATALOGUE, `${C}.readinessProbe`)], 'works only after multiple clicks'],
    ['no liveness probe', [unset(CATALOGUE, `${C}.livenessProbe`)], 'a process that hangs stays'],
    ['no startup probe', [unset(BASKET, `${C}.startupProbe`)], 'kills a start that takes long'],
  ],
  CAFE032: [
    ['liveness asks what readiness asks', [set(CATALOGUE, `${C}.livenessProbe.httpGet.path`, '/readyz')], 'GET /readyz on port 8081'],
    ['… and names the port by its number', [set(CATALOGUE, `${C}.livenessProbe.httpGet`, { path: '/readyz/', port: 8081 })], 'such as /livez'],
  ],
  CAFE033: [
    ['a probe of a port that is not there', [set(STOREFRONT, `${C}.readinessProbe.httpGet.port`, 'htp')], 'set the port to http'],
    ['a probe of another port’s number', [set(STOREFRONT, `${C}.startupProbe.httpGet.port`, 80)], 'found    80'],
  ],
  CAFE034: [
    ['liveness looks at the database', [set(CATALOGUE, `${C}.livenessProbe`, { exec: { command: ['sh', '-c', 'pg_isready -h $DB_HOST'] }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 })], 'would restart healthy pods'],
    ['readiness looks through another service', [set(BASKET, `${C}.readinessProbe`, { exec: { command: ['curl', '-f', 'http://catalogue:8081/health'] } })], 'asks catalogue'],
    ['readiness is declared to reach a service', [set(STOREFRONT, 'metadata.annotations', { 'cafe-check/readiness-reaches': 'catalogue' })], 'at most the own store'],
    ['liveness is declared to reach the store', [set(CATALOGUE, 'metadata.annotations.[cafe-check/liveness-reaches]', 'bookshop-postgresql')], 'answer liveness from the process alone'],
  ],
  CAFE035: [
    ['a liveness probe without patience', [set(CATALOGUE, `${C}.livenessProbe.failureThreshold`, 1)], '10 s × 1 = 10 s until the container is killed'],
    ['a liveness probe with the default timeout', [unset(CATALOGUE, `${C}.livenessProbe.timeoutSeconds`)], "Kubernetes' default"],
    ['a readiness probe that is slow to see', [set(CATALOGUE, `${C}.readinessProbe.periodSeconds`, 60)], '120 s until a pod that cannot serve'],
  ],
  CAFE036: [
    ['a liveness probe that must succeed twice', [set(CATALOGUE, `${C}.livenessProbe.successThreshold`, 2)], 'leave successThreshold out'],
    ['a probe that asks nothing', [unset(CATALOGUE, `${C}.startupProbe.httpGet`)], 'asks nothing'],
  ],
  CAFE037: [
    ['pods whose metrics are looked for elsewhere', [set(CATALOGUE, 'spec.template.metadata.annotations.[prometheus.io/port]', '9090')], 'set it to 8081'],
    ['… by the name of a port', [set(CATALOGUE, 'spec.template.metadata.annotations.[prometheus.io/port]', 'http')], 'found    http'],
    ['a Service that names its own port', [set('Service/storefront', 'metadata.annotations.[prometheus.io/port]', '80')], 'Service bookshop/storefront'],
  ],
});
