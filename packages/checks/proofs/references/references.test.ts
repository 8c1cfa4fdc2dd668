import { testBroken } from '../../testing/broken.js';
import { add, drop, set, unset } from '../../testing/mutation.js';
import { REFERENCE_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';
const STOREFRONT = 'Deployment/storefront';

const ingress = (spec: string): string =>
  `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: bookshop}, spec: {${spec}}}`;
const GATEWAY =
  '{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: edge, namespace: bookshop}, spec: {gatewayClassName: any, listeners: [{name: https, port: 443, protocol: HTTPS}]}}';
const route = (spec: string): string =>
  `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: web, namespace: bookshop}, spec: {${spec}}}`;
const ROLE =
  '{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: reader, namespace: bookshop}, rules: []}';
const binding = (role: string, account: string): string =>
  `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: catalogue, namespace: bookshop}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ${role}}, subjects: [{kind: ServiceAccount, name: ${account}}]}`;

const webhook = (service: string): string =>
  `{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: rules}, webhooks: [{name: rules.example.org, clientConfig: {service: {${service}}}}]}`;

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
    ['a mount of a file that the ConfigMap does not have', [set(STOREFRONT, `${POD}.volumes`, [{ name: 'config', configMap: { name: 'bookshop-config' } }]), set(STOREFRONT, `${C}.volumeMounts`, [{ name: 'config', mountPath: '/etc/shop/DB_HOST', subPath: 'DB_HOTS' }])], 'an empty folder of that name is mounted'],
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
    ['a port that the Service does not have', [add(ingress('rules: [{http: {paths: [{backend: {service: {name: storefront, port: {number: 8080}}}}]}}]'))], 'a port of that Service: 80 (http)'],
    ['a port of another name', [add(ingress('rules: [{http: {paths: [{backend: {service: {name: storefront, port: {name: htpp}}}}]}}]'))], 'set the port to http'],
    ['a default backend that is not there', [add(ingress('defaultBackend: {service: {name: storfront, port: {number: 80}}}'))], 'spec.defaultBackend.service.name'],
    ['a certificate that nobody makes', [add(ingress('tls: [{secretName: web-tls}]'))], 'CAFE027 risk: Ingress bookshop/web'],
  ],
  CAFE028: [
    ['a Gateway of another name', [add(GATEWAY), add(route('parentRefs: [{name: edgee}]'))], 'set the parent to edge'],
    ['a listener of another name', [add(GATEWAY), add(route('parentRefs: [{name: edge, sectionName: htps}]'))], 'a listener that it has: https'],
    ['a Service of another name', [add(route('rules: [{backendRefs: [{name: store-front, port: 80}]}]'))], 'set the backend to storefront'],
    ['a port that the Service does not have', [add(route('rules: [{backendRefs: [{name: storefront, port: 8080}]}]'))], 'port 8080 of Service bookshop/storefront'],
    ['a Service of another namespace, without a grant', [add(route('rules: [{backendRefs: [{name: storefront, namespace: bookshop, port: 80}]}]').replace('namespace: bookshop}, spec', 'namespace: annex}, spec'))], 'add a ReferenceGrant'],
  ],
  CAFE029: [
    ['a role of another name', [add(ROLE), add(binding('readr', 'catalogue'))], 'set roleRef.name to reader'],
    ['an account of another name', [add(ROLE), add(binding('reader', 'catalog'))], 'set the name to catalogue'],
    ['a role that nobody made', [add(binding('observer', 'catalogue'))], 'CAFE029 risk: RoleBinding bookshop/catalogue'],
  ],
  CAFE030: [
    ['a webhook of a Service that is not there', [add(webhook('name: storefrnt, namespace: bookshop, port: 80'))], 'set the backend to storefront'],
    ['a webhook of a port that its Service does not have', [add(webhook('name: storefront, namespace: bookshop'))], 'port 443 of Service bookshop/storefront'],
    ['a webhook of a namespace with a letter less', [add(webhook('name: storefront, namespace: bookshp, port: 80'))], 'set the namespace to bookshop'],
  ],
});
