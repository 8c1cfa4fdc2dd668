import * as cafe from '@cafe-lumiere/constructs';
import { calls, declareForeignService, postgres } from '@cafe-lumiere/contract';
import { Chart, Size } from 'cdk8s';

const names = { host: 'PGHOST', port: 'PGPORT', database: 'PGDATABASE', user: 'PGUSER' } as const;
const PG = postgres({ variables: { ...names, password: 'PGPASSWORD' } });
const withStore = { stores: { PG }, gate: 'none' } as const;
const asked = (http: `/${string}`) => ({ readiness: { http }, liveness: { tcp: true } }) as const;
const reads = { GRAPHQL_URL: calls() };
const shop = declareForeignService({ name: 'shop', port: 8080, probes: asked('/up'), reads, ...withStore });
const postgraphile = declareForeignService({
  name: 'graphql',
  port: 5000,
  probes: asked('/graphiql'),
  ...withStore,
});

const app = new cafe.App();
const image = (name: string) => `${process.env['REGISTRY'] ?? 'localhost:5001'}/stranger/${name}:1`;

function place(name: string) {
  const chart = new Chart(app, name, { namespace: name });
  new cafe.RestrictedNamespace(chart, 'namespace', { name });
  const configuration = new cafe.Configuration(chart, 'it', { configMap: 'settings', secret: 'passwords' });
  const database = new cafe.PostgresStack(chart, 'database', {
    release: `${name}-postgresql`,
    folder: name,
    database: 'app',
    owner: 'app',
    storage: Size.gibibytes(1),
    credentials: { developmentPassword: 'only-for-a-test' },
  });
  return { chart, database, configuration };
}

const data = place('stranger-data');
const graphql = new cafe.ProbedService(data.chart, postgraphile, { image: image('graphql'), ...data });
graphql.connects(data.database);

const sales = place('stranger-sales');
const till = new cafe.ProbedService(sales.chart, shop, { image: image('shop'), ...sales });
till.connects(sales.database);
till.calls(graphql, { env: 'GRAPHQL_URL' });

app.synth();
