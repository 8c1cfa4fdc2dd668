#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { writePostgresqlChart } from './chart.js';

const USAGE = `usage: postgresql-chart FOLDER

Writes the Helm chart postgresql to a new or empty folder, with its own defaults and without a password: each release
generates one. Then: helm install my-postgresql FOLDER`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const [folder, ...more] = positionals;
  if (values.help === true) {
    console.log(USAGE);
  } else if (folder === undefined || more.length > 0) {
    console.error(USAGE);
    process.exitCode = 2;
  } else {
    writePostgresqlChart(folder);
    console.log(`the chart is in ${folder}: helm install my-postgresql ${folder}`);
  }
} catch (error) {
  console.error(`postgresql-chart: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
