import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { build, type OnLoadResult } from 'esbuild';
import { Compiler, mutated, type Mutation, ROOT } from './declaration-mutation.js';

const CAFE = 'cdk8s/cafe.ts';
const DATABASE = 'cdk8s/database.ts';
const ENVIRONMENTS = 'cdk8s/environments.ts';
const ORDERS = 'services/order-service/declaration.ts';
const ORDERS_CODE = 'services/order-service/order-service.ts';
const KITCHEN = 'services/kitchen-service/declaration.ts';
const KITCHEN_CODE = 'services/kitchen-service/kitchen-service.ts';
const KITCHEN_ROUTES = 'services/kitchen-service/routes.ts';
const FRONTEND = 'services/frontend/declaration.ts';
const FRONTEND_CODE = 'services/frontend/frontend.ts';

/** Everything that one of the mistakes may show in. */
const PROGRAM = [CAFE, DATABASE, 'cdk8s/main.ts', ENVIRONMENTS, ORDERS, KITCHEN, FRONTEND];
const CODE = [ORDERS_CODE, KITCHEN_CODE, KITCHEN_ROUTES, FRONTEND_CODE, 'services/order-service/routes.ts'];

type By = 'compiler' | 'synth';
type Row = readonly [what: string, by: By, file: string, from: string, to: string, says: RegExp];

const table: readonly Row[] = [
  // Renamed.
  [
    'a variable of a call, in cafe.ts',
    'compiler',
    CAFE,
    "kitchen.calls(orders, { env: 'ORDER_SERVICE_URL'",
    "kitchen.calls(orders, { env: 'ORDERS_SERVICE_URL'",
    /ORDERS_SERVICE_URL/,
  ],
  [
    'a variable of a call, in the declaration',
    'compiler',
    KITCHEN,
    'ORDER_SERVICE_URL: calls()',
    'ORDERS_URL: calls()',
    /ORDER_SERVICE_URL/,
  ],
  [
    'the timeout’s call',
    'compiler',
    KITCHEN,
    "timeoutOf('ORDER_SERVICE_URL'",
    "timeoutOf('ORDERS_SERVICE_URL'",
    /Duration/,
  ],
  [
    'a timeout, which the code reads',
    'compiler',
    KITCHEN,
    'ORDER_SERVICE_TIMEOUT_MS: timeoutOf',
    'ORDER_SERVICE_TIMEOUT: timeoutOf',
    /ORDER_SERVICE_TIMEOUT_MS/,
  ],
  [
    'a secret, in cafe.ts',
    'compiler',
    CAFE,
    'secrets: { STAFF_PASSWORD:',
    'secrets: { STAFF_PASSWORT:',
    /STAFF_PASSWORT/,
  ],
  [
    'a value, in the declaration',
    'compiler',
    ORDERS,
    'ORDER_RETENTION_DAYS: count(90)',
    'RETENTION_DAYS: count(90)',
    /ORDER_RETENTION_DAYS/,
  ],
  [
    'a value, in the code',
    'compiler',
    ORDERS_CODE,
    'config.ORDER_RETENTION_DAYS',
    'config.ORDER_RETENTION',
    /ORDER_RETENTION/,
  ],
  ['the prefix of the store', 'compiler', ORDERS, '    DB: postgres(', '    DATABASE: postgres(', /DB/],
  [
    'the gate',
    'compiler',
    ORDERS,
    "'wait-for-postgres': './",
    "'wait-for-postgresql': './",
    /wait-for-postgres/,
  ],
  [
    'the folder of the migrations',
    'synth',
    ORDERS,
    "folder: 'migrations'",
    "folder: 'migration'",
    /"migration", which is no folder of its image/,
  ],
  // Missing.
  [
    'a call',
    'synth',
    CAFE,
    "    kitchen.calls(orders, { env: 'ORDER_SERVICE_URL', timeout: Duration.millis(14_500) });\n",
    '',
    /kitchen-service reads ORDER_SERVICE_URL, and nothing fills it/,
  ],
  [
    'the store',
    'synth',
    CAFE,
    '    orders.connects(postgres, { queryTimeout: Duration.millis(1500) });\n',
    '    void postgres;\n',
    /keeps data in the store DB, and nothing connects it/,
  ],
  [
    'the timeout of a call',
    'compiler',
    CAFE,
    "kitchen.calls(orders, { env: 'ORDER_SERVICE_URL', timeout: Duration.millis(14_500) })",
    "kitchen.calls(orders, { env: 'ORDER_SERVICE_URL' })",
    /timeout/,
  ],
  [
    'the gate of a service with a store',
    'compiler',
    ORDERS,
    "      'wait-for-postgres': './wait-for-postgres.ts',\n",
    '',
    /wait-for-postgres/,
  ],
  ['a call in the declaration', 'compiler', KITCHEN, '    ORDER_SERVICE_URL: calls(),\n', '', /never/],
  ['an image', 'compiler', CAFE, "      image: imageOf('frontend'),\n", '', /image/],
  [
    'the configuration',
    'compiler',
    CAFE,
    "image: imageOf('order-service'),\n      configuration,\n",
    "image: imageOf('order-service'),\n",
    /configuration/,
  ],
  ['the release', 'compiler', DATABASE, ' release: DB_HOST,', '', /release/],
  [
    'a handler of an operation',
    'compiler',
    KITCHEN_ROUTES,
    '    countOrders: (context) => stats(context, orders),\n',
    '',
    /countOrders/,
  ],
  [
    'the image of a program',
    'synth',
    CAFE,
    "image: imageOf('order-service'),\n      configuration,\n",
    "image: 'order-service', configuration,\n",
    /has no fixed version/,
  ],
  [
    'a variable that must have a value',
    'compiler',
    ORDERS,
    'ORDER_RETENTION_DAYS: count(90)',
    'ORDER_RETENTION_DAYS: count()',
    /values/,
  ],
  [
    'a secret that must be there',
    'compiler',
    FRONTEND,
    'STAFF_PASSWORD: optionalSecret(',
    'SIGNING_KEY: secret(), STAFF_PASSWORD: optionalSecret(',
    /secret|SIGNING_KEY/,
  ],
  // One too many.
  [
    'a call that the caller does not declare',
    'compiler',
    CAFE,
    '    pages.calls(kitchen, {',
    "    kitchen.calls(pages, { env: 'FRONTEND_URL' });\n    pages.calls(kitchen, {",
    /FRONTEND_URL/,
  ],
  [
    'a store for a service without one',
    'compiler',
    CAFE,
    '    pages.calls(kitchen, {',
    '    kitchen.connects(postgres);\n    pages.calls(kitchen, {',
    /never/,
  ],
  [
    'a second call by one variable',
    'synth',
    CAFE,
    '    pages.calls(kitchen, {',
    "    kitchen.calls(pages, { env: 'ORDER_SERVICE_URL', timeout: Duration.millis(14_500) });\n    pages.calls(kitchen, {",
    /is filled by a call to order-service already/,
  ],
  [
    'a value that nobody reads',
    'compiler',
    CAFE,
    "image: imageOf('order-service'),\n      configuration,\n",
    "image: imageOf('order-service'), configuration, values: { ORDER_DAYS: 1 },\n",
    /ORDER_DAYS/,
  ],
  [
    'a handler of no operation',
    'compiler',
    KITCHEN_ROUTES,
    '    countOrders: (context) =>',
    '    countAll: (context) => stats(context, orders),\n    countOrders: (context) =>',
    /countAll/,
  ],
  [
    'a variable that the runtime reads itself',
    'synth',
    KITCHEN,
    '    ORDER_SERVICE_URL: calls(),\n',
    "    ORDER_SERVICE_URL: calls(),\n    PORT: timeoutOf('ORDER_SERVICE_URL', 1),\n",
    /PORT is read twice: by the runtime/,
  ],
  // Of another kind.
  [
    'a text for a number',
    'compiler',
    CAFE,
    "image: imageOf('order-service'),\n      configuration,\n",
    "image: imageOf('order-service'), configuration, values: { ORDER_RETENTION_DAYS: 'ninety' },\n",
    /string/,
  ],
  [
    'a number that the type refuses',
    'synth',
    CAFE,
    "image: imageOf('order-service'),\n      configuration,\n",
    "image: imageOf('order-service'), configuration, values: { ORDER_RETENTION_DAYS: 0 },\n",
    /ORDER_RETENTION_DAYS is "0"; it is a whole number from 1/,
  ],
  [
    'a number for a duration',
    'compiler',
    CAFE,
    'timeout: Duration.millis(14_500)',
    'timeout: 14_500',
    /Duration/,
  ],
  [
    'a timeout of nothing',
    'synth',
    CAFE,
    'timeout: Duration.millis(14_500)',
    'timeout: Duration.millis(0)',
    /the timeout of ORDER_SERVICE_URL is "0"/,
  ],
  [
    'a timeout longer than the caller’s',
    'synth',
    CAFE,
    'timeout: Duration.millis(14_500)',
    'timeout: Duration.millis(14_900)',
    /CAFE045/,
  ],
  [
    'a plain text where a call is',
    'compiler',
    KITCHEN,
    'ORDER_SERVICE_URL: calls()',
    "ORDER_SERVICE_URL: text('')",
    /text|never/,
  ],
  [
    'a log level that is none',
    'compiler',
    CAFE,
    "image: imageOf('order-service'),\n      configuration,\n",
    "image: imageOf('order-service'), configuration, values: { LOG_LEVEL: 'loud' },\n",
    /loud/,
  ],
  // Ports, probes, drains, pools.
  ['a port that is none', 'synth', ORDERS, 'port: 5001', 'port: 50010001', /port is 50010001; a TCP port/],
  [
    'a port of the callee that is not there',
    'synth',
    CAFE,
    'kitchen.calls(orders, { env',
    "kitchen.calls(orders, { port: 'grpc', env",
    /there is no port "grpc"; its declaration has: http/,
  ],
  [
    'a path of a probe, of a service on the runtime',
    'compiler',
    KITCHEN,
    '  api: kitchenApi,\n',
    "  api: kitchenApi,\n  probes: { readiness: { http: '/ready' } },\n",
    /probes/,
  ],
  [
    'a drain of nothing',
    'synth',
    CAFE,
    "image: imageOf('order-service'),\n      configuration,\n",
    "image: imageOf('order-service'), configuration, termination: { drainSeconds: 0 },\n",
    /drainSeconds is 0; clients keep an idle connection for 4 s/,
  ],
  [
    'a drain as short as the keep-alive',
    'synth',
    CAFE,
    "image: imageOf('order-service'),\n      configuration,\n",
    "image: imageOf('order-service'), configuration, termination: { drainSeconds: 4 },\n",
    /drainSeconds is 4; clients keep/,
  ],
  [
    'a pool that does not fit',
    'synth',
    CAFE,
    'orders.connects(postgres, {',
    'orders.connects(postgres, { poolMax: 60,',
    /connections are needed/,
  ],
  [
    'a page that gives up before its answer',
    'synth',
    CAFE,
    'clientTimeout: Duration.seconds(15)',
    'clientTimeout: Duration.seconds(5)',
    /CAFE045/,
  ],
  [
    'a release with another name than the host',
    'synth',
    DATABASE,
    "DB_HOST = 'cafe-lumiere-postgresql'",
    "DB_HOST = 'Cafe'",
    /the name "Cafe" is not a DNS label/,
  ],
  [
    'a mode of the database that is none',
    'compiler',
    ENVIRONMENTS,
    "    mode: 'chart',\n",
    "    mode: 'clusters',\n",
    /"chart" \| "cluster"/,
  ],
  [
    'a database without credentials',
    'compiler',
    ENVIRONMENTS,
    '    credentials: { existingSecret: SECRET_NAME },\n',
    '',
    /CafeDatabase/,
  ],
  [
    'whether the way to the database is protected',
    'compiler',
    ENVIRONMENTS,
    "    tls: { existingSecret: 'cafe-postgresql-tls' },\n",
    '',
    /tls/,
  ],
  // Left unsaid, outside `local`.
  [
    'an environment with a password that everybody can read',
    'compiler',
    ENVIRONMENTS,
    'credentials: { existingSecret: SECRET_NAME }',
    "credentials: { developmentPassword: 'known' }",
    /developmentPassword/,
  ],
  [
    'an environment that does not say how guests come',
    'compiler',
    ENVIRONMENTS,
    "  exposure: { tlsProxies: { namespace: 'ingress', count: 1 } },\n",
    '',
    /'exposure' is missing/,
  ],
  [
    'an environment that does not say who is the staff',
    'compiler',
    ENVIRONMENTS,
    '  staffDoor: { secret: STAFF_SECRET },\n',
    '',
    /'staffDoor' is missing/,
  ],
  [
    'a load balancer that does not say that it has no TLS',
    'compiler',
    ENVIRONMENTS,
    "exposure: { tlsProxies: { namespace: 'ingress', count: 1 } }",
    'exposure: { loadBalancer: {} }',
    /"without TLS"/,
  ],
  [
    'proxies of which nobody says how many are believed',
    'compiler',
    ENVIRONMENTS,
    "{ namespace: 'ingress', count: 1 }",
    "{ namespace: 'ingress' }",
    /count/,
  ],
];

const rows = table.map(
  ([what, by, file, from, to, says]) => [what, by, { file, from, to } satisfies Mutation, says] as const,
);
const compiler = new Compiler(
  [...PROGRAM, ...CODE],
  rows.map(([, , mutation]) => mutation),
);

test('the café as it is has nothing to complain about', () => {
  expect(compiler.complaint()).toBeUndefined();
});

describe('a mistake of one line', () => {
  let directory: string;
  let packages: string;
  beforeAll(async () => {
    await mkdir(join(ROOT, 'build'), { recursive: true });
    // Below the repository, where the packages that stay outside are found.
    directory = await mkdtemp(join(ROOT, 'build', 'mutations-'));
    packages = join(directory, 'packages.cjs');
    await bundlePackages(packages);
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  test.each(rows)('%s: the %s says so', async (_what, by, mutation, says) => {
    const complaint = compiler.complaint(mutation, by === 'compiler' ? says : undefined);
    const said =
      by === 'compiler'
        ? complaint
        : (complaint ?? (await synth(mutation, await mkdtemp(join(directory, 'synth-')), packages)));
    expect(said).toMatch(says);
  });
});

/** In a bundle every file would have the bundle's address, and look for its neighbours there. */
const loaded = (path: string, text: string): OnLoadResult => ({
  contents: text.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
  loader: 'ts',
});

/** What cdk8s loads itself. */
const OUTSIDE = ['cdk8s', 'constructs', 'yaml'];

const OPTIONS = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  logLevel: 'silent',
} as const;

/** Our packages and zod, which no mistake is in: bundled once. */
async function bundlePackages(outfile: string): Promise<void> {
  const names = ['@cafe-lumiere/checks', '@cafe-lumiere/constructs', '@cafe-lumiere/contract', 'zod'];
  const lines = names.map((name) => `get '${name}'() { return require('${name}'); }`);
  await build({
    ...OPTIONS,
    stdin: { contents: `module.exports = { ${lines.join(', ')} };`, resolveDir: ROOT },
    outfile,
    external: OUTSIDE,
    plugins: [
      {
        name: 'own-address',
        setup(bundler) {
          bundler.onLoad({ filter: /\.ts$/ }, ({ path }) => loaded(path, readFileSync(path, 'utf8')));
        },
      },
    ],
  });
}

/** What a synth of the café says with the mistake in it, with which it must fail. */
async function synth(mutation: Mutation, directory: string, packages: string): Promise<string> {
  const bundle = join(directory, 'main.cjs');
  await build({
    ...OPTIONS,
    entryPoints: [join(ROOT, 'cdk8s/main.ts')],
    outfile: bundle,
    external: [...OUTSIDE, packages],
    plugins: [
      {
        name: 'mutation',
        setup(bundler) {
          bundler.onResolve({ filter: /^(?:@cafe-lumiere\/.*|zod)$/ }, ({ path }) => ({
            path,
            namespace: 'package',
          }));
          bundler.onLoad({ filter: /./, namespace: 'package' }, ({ path }) => ({
            contents: `module.exports = require('${packages}')['${path}'];`,
            resolveDir: ROOT,
          }));
          bundler.onLoad({ filter: /\.ts$/ }, ({ path }) =>
            loaded(path, path === join(ROOT, mutation.file) ? mutated(mutation) : readFileSync(path, 'utf8')),
          );
        },
      },
    ],
  });
  const errors = jest.spyOn(console, 'error').mockReturnValue();
  process.env['CDK8S_OUTDIR'] = join(directory, 'dist');
  try {
    // In this process: what the bundles leave outside, they share.
    createRequire(import.meta.url)(bundle);
    if (process.exitCode !== 1) throw new Error('it synthesizes');
    return errors.mock.calls.flat().join('\n');
  } catch (error) {
    return String(error);
  } finally {
    process.exitCode = undefined;
    errors.mockRestore();
  }
}
