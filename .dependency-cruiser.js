// Who may import whom: `make lint`. The picture in docs/architecture.md is drawn from the same graph.
// Why not eslint-plugin-import-x: it is as good at refusing, but it cannot say "another service's, but not its own", and
// it draws nothing.

/** The packages, each with those that it may import. */
export const PACKAGES = {
  contract: [],
  checks: ['contract'],
  postgresql: [],
  constructs: ['contract', 'checks', 'postgresql'],
  runtime: ['contract'],
};

/** What may import whatever it tests with. */
const TEST = String.raw`\.test\.ts$|-fixture\.ts$|^packages/checks/testing/`;
/** What a service shows to others: its declaration, its API and the shapes in it. */
const SHOWN = 'declaration|api|order|guess-turn|order-request|order-number|order-relay';
const CAFE = 'services|cdk8s|local|images|e2e|bench';

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(PACKAGES).map(([name, allowed]) =>
      forbid(
        `${name}-imports-${allowed.length === 0 ? 'none-of-ours' : `only-${allowed.join('-')}`}`,
        'Imports run down the list of packages and never up: a package stands without those above it.',
        { path: `^packages/${name}/`, pathNot: TEST },
        { path: `^packages/(?!${[name, ...allowed].join('|')})[^/]+/` },
      ),
    ),
    forbid(
      'packages-know-no-cafe',
      'A package is for strangers, and so are its tests.',
      { path: '^packages/[^/]+/' },
      { path: `^(${CAFE})/|^package\\.json$` },
    ),
    forbid(
      'packages-declare-what-they-import',
      'Whoever installs a package gets what its own package.json names, and nothing else.',
      { path: '^packages/[^/]+/', pathNot: TEST },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    ),
    forbid(
      'database-without-http',
      'What keeps data does not know how it is asked for: a program without HTTP can use it.',
      { path: '^packages/runtime/database/', pathNot: TEST },
      { path: '^packages/runtime/http/' },
    ),
    forbid(
      'no-fixtures-in-programs',
      'What is made for tests is in no program that runs on a cluster.',
      { path: '^(packages|services|cdk8s|images)/', pathNot: `${TEST}|^packages/runtime/testing/` },
      { path: `^packages/runtime/testing/|${TEST}` },
    ),
    forbid(
      'services-import-contract-and-runtime',
      'A service does not know how it is deployed.',
      { path: '^services/', pathNot: TEST },
      { path: `^packages/(?!contract|runtime)[^/]+/|^(?!services)(${CAFE})/` },
    ),
    forbid(
      'services-see-what-others-show',
      'One service knows of another what the network shows of it: never its routes or its database.',
      { path: '^services/([^/]+)/', pathNot: TEST },
      { path: '^services/[^/]+/', pathNot: [`^services/($1|menu)/`, `^services/[^/]+/(${SHOWN})\\.ts$`] },
    ),
    forbid(
      'manifests-see-declarations',
      'The manifests follow from what the services declare, never from their code.',
      // The picture shows what is in the database's chart, too.
      { path: '^cdk8s/', pathNot: `${TEST}|^cdk8s/picture\\.ts$` },
      {
        path: `^packages/(?!contract|checks|constructs)[^/]+/|^(${CAFE})/`,
        pathNot: ['^cdk8s/', '^services/[^/]+/declaration\\.ts$', '^images/image-lock\\.ts$'],
      },
    ),
    forbid(
      'proof-is-imported-by-nothing',
      'What proves the system is no part of it. (Benchmarks use what the scenarios found out about a cluster.)',
      { pathNot: '^(e2e|bench)/' },
      { path: '^(e2e|bench)/' },
    ),
    forbid(
      'no-circles',
      'Files that need each other to run are one file.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    forbid('found', 'An import of something that is not there.', {}, { couldNotResolve: true }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^packages/[^/]+/build/', '^(build|dist)/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
