import { testBroken } from '../../testing/broken.js';
import { add, drop, set, unset } from '../../testing/mutation.js';
import { REFERENCE_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';
const STOREFRONT = 'Deployment/storefront';

// prettier-ignore
testBroken(REFERENCE_PROOFS, {
  CAFE021: [
    ['a ConfigMap that is gone', [drop('ConfigMap/bookshop-config')], 'ConfigMap bookshop/bookshop-config, which is not among the manifests'],
    ['a Secret that is gone', [drop('Secret/bookshop-secrets')], 'cafe-check/external: Secret/bookshop-secrets'],
    ['a ServiceAccount that is gone', [drop('ServiceAccount/storefront')], 'ServiceAccount bookshop/storefront'],
    ['a priority class that nobody made', [set(CATALOGUE, `${POD}.priorityClassName`, 'important')], 'PriorityClass'],
    ['a claim that nobody made', [set(CATALOGUE, `${POD}.volumes`, [{ name: 'data', persistentVolumeClaim: { claimName: 'books' } }])], 'PersistentVolumeClaim bookshop/books'],
    ['envFrom of a ConfigMap that is not there', [set(STOREFRONT, `${C}.envFrom`, [{ configMapRef: { name: 'bookshop-confg' } }])], 'likely   bookshop-config'],
  ],
  CAFE022: [
    ['a key that the ConfigMap does not have', [unset('ConfigMap/bookshop-config', 'data.DB_USER')], 'key DB_USER of ConfigMap'],
    ['a key of the Secret, mistyped', [set(CATALOGUE, `${C}.env.DB_PASSWORD.valueFrom.secretKeyRef.key`, 'DB_PASSWORT')], 'refer to DB_PASSWORD'],
  ],
  CAFE023: [
    ['a mount without its volume', [set(CATALOGUE, `${C}.volumeMounts`, [{ name: 'cache', mountPath: '/cache' }])], 'add the volume cache'],
  ],
  CAFE024: [
    ['PostgreSQL on the root of its volume', [add(`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: bookshop}, spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: 'postgres:17', volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]}]}}, volumeClaimTemplates: [{metadata: {name: data}}]}}`)], 'PGDATA to /var/lib/postgresql/data/pgdata'],
  ],
  CAFE025: [
    ['a variable twice', [set(STOREFRONT, `${C}.env.+`, { name: 'PORT', value: '8088' })], 'two entries: 8080, then 8088'],
  ],
  CAFE026: [
    ['service links that stand in for a variable', [unset(CATALOGUE, `${POD}.enableServiceLinks`), set(CATALOGUE, `${C}.args`, ['--port=$(STOREFRONT_PORT)'])], 'enableServiceLinks: false'],
  ],
  CAFE027: [
    ['an ingress to a Service that is not there', [add('{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: bookshop}, spec: {rules: [{http: {paths: [{backend: {service: {name: store-front}}}]}}]}}')], 'set the backend to storefront'],
  ],
});
