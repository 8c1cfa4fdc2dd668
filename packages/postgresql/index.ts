// The chart: its files, and what a release of it makes.
export { postgresqlChartFiles, postgresqlJobScripts, writePostgresqlChart } from './chart.js';
export {
  type PostgresqlNetworkPolicy,
  type PostgresqlObject,
  type PostgresqlRelease,
  type PostgresqlSecret,
  type PostgresqlService,
  type PostgresqlStatefulSet,
  postgresqlObjects,
} from './objects.js';
export {
  CHART_NAME,
  METRICS_PORT,
  type NamingValues,
  POSTGRESQL_PORT,
  postgresqlPodLabels,
  postgresqlServiceName,
} from './release-names.js';
export {
  defaultImage,
  parsePostgresqlValues,
  type PostgresqlValues,
  type PostgresqlValuesInput,
} from './values.js';
