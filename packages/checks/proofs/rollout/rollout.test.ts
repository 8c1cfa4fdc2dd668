import { testBroken } from '../../testing/broken.js';
import { add, copy, type Mutation, set, unset } from '../../testing/mutation.js';
import { ROLLOUT_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const CATALOGUE = 'Deployment/catalogue';
const BASKET = 'Deployment/basket';

const hpa = (spec: string): Mutation =>
  add(
    `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: catalogue, namespace: bookshop}, spec: ${spec}}`,
  );

const monitor = (app: string, port: string): string =>
  `{apiVersion: monitoring.coreos.com/v1, kind: ServiceMonitor, metadata: {name: catalogue, namespace: bookshop}, spec: {selector: {matchLabels: {app: ${app}}}, endpoints: [{port: ${port}}]}}`;

// prettier-ignore
testBroken(ROLLOUT_PROOFS, {
  CAFE071: [
    ['a rollout that stops all pods', [set(CATALOGUE, 'spec.strategy.rollingUpdate.maxUnavailable', '100%')], '100% of 2 pods'],
    ['a rollout that cannot begin', [set(CATALOGUE, 'spec.strategy.rollingUpdate.maxSurge', 0)], 'no pod could ever be replaced'],
    ['Recreate', [set(CATALOGUE, 'spec.strategy', { type: 'Recreate' })], 'each rollout is an outage'],
  ],
  CAFE072: [
    ['a budget that blocks every drain', [unset('PodDisruptionBudget/storefront', 'spec.maxUnavailable'), set('PodDisruptionBudget/storefront', 'spec.minAvailable', 2)], 'draining a node waits for ever'],
    ['maxUnavailable: 0', [set('PodDisruptionBudget/storefront', 'spec.maxUnavailable', 0)], 'maxUnavailable: 1 and no minAvailable'],
  ],
  CAFE073: [
    ['a budget for nobody', [set('PodDisruptionBudget/storefront', 'spec.selector.matchLabels.app', 'storefront-web')], 'it protects none'],
    ['two budgets for the same pods', [copy('PodDisruptionBudget/storefront', ['metadata.name', 'web'])], 'every eviction is refused'],
  ],
  CAFE074: [
    ['an autoscaler against fixed replicas', [hpa('{minReplicas: 2, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: catalogue}}')], 'delete spec.replicas'],
    ['an autoscaler of nobody', [hpa('{minReplicas: 2, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: catalogu}}')], 'set the name to catalogue'],
    ['more replicas at least than at most', [unset(CATALOGUE, 'spec.replicas'), hpa('{minReplicas: 4, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: catalogue}}')], 'minReplicas is 4'],
  ],
  CAFE075: [
    ['pods that must not share a node', [set(CATALOGUE, `${POD}.affinity.podAntiAffinity`, { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'catalogue' } } }] })], 'stays Pending'],
    ['pods that need a zone', [set(CATALOGUE, `${POD}.topologySpreadConstraints.0.whenUnsatisfiable`, 'DoNotSchedule')], 'ScheduleAnyway'],
  ],
  CAFE076: [
    ['a selector that its template does not match', [set(CATALOGUE, 'spec.selector.matchLabels.app', 'books')], 'the API server refuses the object'],
    ['a selector with the version', [set(CATALOGUE, 'spec.selector.matchLabels.version', '1.0.0'), set(CATALOGUE, 'spec.template.metadata.labels.version', '1.0.0')], 'take version out of the selector'],
    ['two Deployments with one selector', [copy(CATALOGUE, ['metadata.name', 'catalogue-worker'])], 'also picks the pods of'],
  ],
  CAFE077: [
    ['a StatefulSet without its headless Service', [add('{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: q, namespace: bookshop}, spec: {replicas: 3, serviceName: q, selector: {matchLabels: {app: q}}, template: {metadata: {labels: {app: q}}, spec: {containers: [{name: q, image: "q:1"}]}}}}')], 'clusterIP: None'],
  ],
  CAFE078: [
    ['a Service over two programs', [set(CATALOGUE, 'spec.template.metadata.labels.tier', 'api'), set(BASKET, 'spec.template.metadata.labels.tier', 'api'), set('Service/catalogue', 'spec.selector', { tier: 'api' })], 'requests for one reach the other'],
  ],
  CAFE079: [
    ['a monitor with a mistyped label', [set('Service/catalogue', 'metadata.labels', { app: 'catalogue' }), add(monitor('catalogues', 'http'))], 'set the selector to app=catalogue'],
    ['a monitor with a port of another name', [set('Service/catalogue', 'metadata.labels', { app: 'catalogue' }), add(monitor('catalogue', 'htpp'))], 'set the port to http'],
  ],
});
