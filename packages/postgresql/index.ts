export { chartOutline } from './chart-outline.js';
export { CHART_NAME, defaultFullname, postgresqlChartFiles } from './chart.js';
export { type PostgresqlValuesInput } from './values.js';
