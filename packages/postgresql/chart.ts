import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Document } from 'yaml';
import { BILL_OF_MATERIALS, chartBillOfMaterials } from './bill-of-materials.js';
import { valuesSchema, valuesTable, valuesYaml } from './documented-values.js';
import { CHART_NAME } from './release-names.js';
import { parsePostgresqlValues, type PostgresqlValuesInput } from './values.js';

/** Raised with each change of the chart. */
const CHART_VERSION = '1.4.0';
const GENERATED = '# Generated from @cafe-lumiere/postgresql; change it there.\n';

/**
 * The chart, by path relative to its folder: what `helm install` takes once it is written down.
 *
 * @param values - become the defaults in its values.yaml, so that `helm install` without `-f` does what was declared.
 * Without any, no password is in the chart, and a release generates its own
 * @throws Error that names each value that is not allowed, and why
 *
 * @example
 * ```ts
 * const chart = postgresqlChartFiles({ auth: { username: 'shop', database: 'shop' } });
 * console.log(chart.get('values.yaml'));
 * ```
 */
export function postgresqlChartFiles(values: PostgresqlValuesInput = {}): ReadonlyMap<string, string> {
  const parsed = parsePostgresqlValues(values);
  const { about, readme, others } = (unchanging ??= readUnchanging());
  return new Map([
    ['Chart.yaml', about],
    ['values.yaml', GENERATED + valuesYaml(parsed)],
    ['values.schema.json', `${JSON.stringify(valuesSchema(), undefined, 2)}\n`],
    ['README.md', readme.replace('<!-- values -->', () => valuesTable(parsed))],
    ['.helmignore', `${GENERATED}.DS_Store\n.git/\n*.tgz\n*.orig\n*~\n`],
    [BILL_OF_MATERIALS, chartBillOfMaterials(CHART_VERSION, parsed)],
    ...others,
  ]);
}

/** What is the same in every chart, read once. */
let unchanging: Unchanging | undefined;

interface Unchanging {
  readonly about: string;
  readonly readme: string;
  readonly others: readonly (readonly [path: string, content: string])[];
}

function readUnchanging(): Unchanging {
  const folder = packageFolder();
  const about = new Document({
    apiVersion: 'v2',
    name: CHART_NAME,
    description: 'PostgreSQL for one application: never half a database, never a silent empty one.',
    type: 'application',
    version: CHART_VERSION,
    appVersion: '17',
  });
  return {
    about: GENERATED + about.toString({ lineWidth: 0 }),
    readme: read(folder, 'README.template.md'),
    others: [
      ['move.sh', read(folder, 'move.sh')],
      ...filesBelow(folder, 'templates'),
      ...filesBelow(folder, 'files'),
    ],
  };
}

/**
 * The scripts of the chart's jobs by name, for who backs up a PostgreSQL that is not the chart's: `backup.sh` dumps and proves
 * that the dump restores, `restore.sh` restores, `claim.sh` looks at the claim. What each reads of its environment is in
 * templates/_jobs.tpl. `test.sh` is not among them: it asks for the chart's own server.
 */
export function postgresqlJobScripts(): ReadonlyMap<string, string> {
  const jobs = filesBelow(packageFolder(), 'files/jobs');
  return new Map(
    jobs.map(([path, script]) => [basename(path), script] as const).filter(([name]) => name !== 'test.sh'),
  );
}

/**
 * Writes the chart to a folder, which is made when it is not there.
 *
 * @throws Error when the folder is not empty, because a file of another version would stay in the chart; and as
 * {@link postgresqlChartFiles}
 */
export function writePostgresqlChart(folder: string, values: PostgresqlValuesInput = {}): void {
  const files = postgresqlChartFiles(values);
  mkdirSync(folder, { recursive: true });
  const [found] = readdirSync(folder);
  if (found !== undefined) {
    throw new Error(
      `${folder} is not empty (${found} is there), and what is left of another version would be part of the chart. Name a new folder, or empty this one.`,
    );
  }
  for (const [path, content] of files) {
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

/** Where the templates are: beside this source, or beside the folder that it was compiled to. */
function packageFolder(): string {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const found = [here, dirname(here)].find((folder) => existsSync(join(folder, 'templates', '_helpers.tpl')));
  if (found !== undefined) return found;
  throw new Error(
    `The chart's templates are neither in ${here} nor in the folder above, where @cafe-lumiere/postgresql has them. If a bundler put this package into one file, declare it as external there.`,
  );
}

function filesBelow(folder: string, name: string): [string, string][] {
  return readdirSync(join(folder, name), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${name}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(folder, path) : [[path, read(folder, path)]];
    });
}

const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');
