import { testBroken } from '../../testing/broken.js';
import { add, copy, knowing, manifestsIn, type Mutation, set, unset } from '../../testing/mutation.js';
import { OBJECT_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';

const previous = (yaml: string): Mutation => knowing({ previous: manifestsIn(yaml) });

// prettier-ignore
testBroken(OBJECT_PROOFS, {
  CAFE101: [
    ['a values file beside the manifests', [knowing({ unreadable: [{ source: 'dist/values.yaml', problem: 'a document has no kind' }] })], 'move dist/values.yaml into a folder below'],
    ['a kustomization beside the manifests', [add('{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization}')], 'apply it with -k'],
  ],
  CAFE100: [
    ['a number in a ConfigMap', [set('ConfigMap/bookshop-config', 'data.DB_PORT', 5432)], '"5432", in quotes'],
    ['replicas in quotes', [set(CATALOGUE, 'spec.replicas', '2')], 'spec.replicas'],
    ['a number in a variable', [set(CATALOGUE, `${C}.env.PORT.value`, 8081)], '"8081", in quotes'],
  ],
  CAFE102: [
    ['a name with an underscore', [copy('ConfigMap/bookshop-config', ['metadata.name', 'bookshop_config'])], 'rename it to bookshop-config'],
    ['a Service that begins with a digit', [copy('Service/catalogue', ['metadata.name', '2books'])], 'beginning with a letter'],
    ['a label that is too long', [set(CATALOGUE, 'metadata.labels.note', 'x'.repeat(64))], 'belong into annotations'],
  ],
  CAFE103: [
    ['the same object twice', [copy('Service/catalogue')], 'overwrites the first without a word'],
  ],
  CAFE104: [
    ['an object without a namespace', [unset('ConfigMap/bookshop-config', 'metadata.namespace')], 'set metadata.namespace to bookshop'],
  ],
  CAFE105: [
    ['a selector that was another one', [previous('{apiVersion: apps/v1, kind: Deployment, metadata: {name: catalogue, namespace: bookshop}, spec: {selector: {matchLabels: {app: books}}}}')], 'field is immutable'],
    ['a Secret of another type', [previous('{apiVersion: v1, kind: Secret, metadata: {name: bookshop-secrets, namespace: bookshop}, type: kubernetes.io/basic-auth}')], 'kubernetes.io/basic-auth'],
  ],
  CAFE107: [
    ['a port with a long name', [set(CATALOGUE, `${C}.ports.0.name`, 'catalogue-operations')], 'at most 15'],
    ['a StatefulSet whose pods cannot carry its name', [copy('Deployment/catalogue', ['kind', 'StatefulSet'], ['metadata.name', 'b'.repeat(53)])], 'at most 52'],
    ['a container with a dash at its end', [set(CATALOGUE, `${C}.name`, 'catalogue-')], 'with a letter or digit at both ends'],
  ],
  CAFE108: [
    ['an API version that is gone', [set(CATALOGUE, 'apiVersion', 'extensions/v1beta1')], 'set apiVersion to apps/v1; spec.selector is required'],
    ['a kind that is gone', [add('{apiVersion: policy/v1beta1, kind: PodSecurityPolicy, metadata: {name: restricted}}')], 'pod-security.kubernetes.io/enforce'],
  ],
  CAFE106: [
    ['a Secret that is not base64', [set('Secret/bookshop-secrets', 'data.DB_PASSWORD', 'not base64!')], 'move DB_PASSWORD to stringData'],
  ],
});
