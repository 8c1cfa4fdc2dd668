import { testBroken } from '../../testing/broken.js';
import { inChart, set, unset } from '../../testing/mutation.js';
import { SECRET_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';

// prettier-ignore
testBroken(SECRET_PROOFS, {
  CAFE091: [
    ['a Secret with its value, outside of development', [unset('Secret/bookshop-secrets', 'metadata.annotations')], 'base64 is no encryption'],
    ['a waiver without a reason', [set('Secret/bookshop-secrets', 'metadata.annotations.[cafe-check/waive.CAFE091]', ' ')], 'kubectl create secret'],
  ],
  CAFE092: [
    ['a password in a variable', [set(CATALOGUE, `${C}.env.DB_PASSWORD`, { name: 'DB_PASSWORD', value: 'geheim' })], 'valueFrom.secretKeyRef'],
    ['a password in the ConfigMap', [set('ConfigMap/bookshop-config', 'data.DB_PASSWORD', 'geheim')], 'move DB_PASSWORD to a Secret'],
    ['a password inside a URL', [set(CATALOGUE, `${C}.env.+`, { name: 'DATABASE_URL', value: 'postgres://bookseller:geheim@bookshop-postgresql:5432/bookshop' })], 'env[DATABASE_URL].value'],
  ],
  CAFE093: [
    ['two passwords', [inChart('values.yaml', 'password: bookshop-test', 'password: another')], 'two copies differ sooner or later'],
  ],
});
