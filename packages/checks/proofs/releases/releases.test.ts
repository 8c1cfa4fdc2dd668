import { testBroken } from '../../testing/broken.js';
import { inChart, installedAs, set } from '../../testing/mutation.js';
import { RELEASE_PROOFS } from './index.js';

// prettier-ignore
testBroken(RELEASE_PROOFS, {
  CAFE011: [
    ['DB_HOST of another release', [set('ConfigMap/bookshop-config', 'data.DB_HOST', 'books-postgresql')], 'set ConfigMap bookshop/bookshop-config, data.DB_HOST to bookshop-postgresql'],
    ['the chart installed under another name', [installedAs('db')], 'db-postgresql: so the chart postgresql names its Service in the release db'],
    ['a nameOverride that nobody told the services', [inChart('values.yaml', "nameOverride: ''", 'nameOverride: books-db')], 'bookshop-books-db'],
    ['a release in another namespace', [installedAs('bookshop', 'warehouse')], 'data.DB_HOST to bookshop-postgresql.warehouse'],
  ],
  CAFE012: [
    ['another database than the chart makes', [set('ConfigMap/bookshop-config', 'data.DB_NAME', 'books')], 'set ConfigMap bookshop/bookshop-config, data.DB_NAME to bookshop'],
    ['another role than the chart makes', [inChart('values.yaml', 'username: bookseller', 'username: clerk')], 'DB_USER=bookseller'],
  ],
  CAFE013: [
    ['a Service that is named after its chart', [inChart('templates/service.yaml', /name: \{\{ .*/, 'name: {{ .Chart.Name }}')], '{{ .Chart.Name }}'],
  ],
  CAFE014: [
    ['a value that no template reads', [inChart('values.yaml', "nameOverride: ''", "replicaCount: 3\nnameOverride: ''")], 'values.yaml: replicaCount'],
  ],
});
