import { testBroken } from '../../testing/broken.js';
import { add, inChart, type Mutation, set, unset } from '../../testing/mutation.js';
import { CAPACITY_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';

const hpa = (spec: string): Mutation =>
  add(
    `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: catalogue, namespace: bookshop}, spec: ${spec}}`,
  );

// prettier-ignore
testBroken(CAPACITY_PROOFS, {
  CAFE051: [
    ['a pool that is too large', [set(CATALOGUE, `${C}.env.DB_POOL_MAX.value`, '40')], '(2 + 1 pods) × 42 = 126'],
    ['an autoscaler that multiplies the pools', [unset(CATALOGUE, 'spec.replicas'), hpa('{minReplicas: 2, maxReplicas: 20, scaleTargetRef: {kind: Deployment, name: catalogue}}')], '(20 + 1 pods) × 10 = 210'],
    ['a database that lets fewer in', [inChart('values.yaml', 'maxConnections: 100', 'maxConnections: 30')], 'raise args: max_connections to 41'],
  ],
});
