import { testBroken } from '../../testing/broken.js';
import { add, inChart, set, unset } from '../../testing/mutation.js';
import { SECRET_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';

const STORE = `
apiVersion: v1
kind: Service
metadata: { name: archive, namespace: bookshop }
spec: { selector: { app: archive }, ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: archive, namespace: bookshop, labels: { app: archive } }
spec:
  containers:
    - name: archive
      image: postgres:17
      ports: [{ containerPort: 5432 }]
      env: [{ name: POSTGRES_DB, value: archive }, { name: POSTGRES_USER, value: clerk }]
`;

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
  CAFE094: [
    ['a database of another name', [add(STORE), set(CATALOGUE, `${C}.env.+`, { name: 'ARCHIVE_URL', value: 'postgresql://clerk@archive:5432/archiv' })], 'set the database in Deployment bookshop/catalogue, containers[catalogue].env[ARCHIVE_URL] to archive'],
    ['a role that the store does not make', [add(STORE), set(CATALOGUE, `${C}.env.+`, { name: 'ARCHIVE_DSN', value: 'host=archive port=5432 user=auditor dbname=archive' })], 'CAFE094 risk: Deployment bookshop/catalogue'],
    ['a role in a variable beside the host', [add(STORE), set(CATALOGUE, `${C}.env.+`, { name: 'ARCHIVE_HOST', value: 'archive' }), set(CATALOGUE, `${C}.env.+`, { name: 'ARCHIVE_USER', value: 'clerkk' })], 'the role clerkk'],
  ],
});
