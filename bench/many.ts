import {
  App,
  Configuration,
  type DeclaredService,
  DefaultDenyNetworkPolicy,
  PostgresStack,
  ProbedService,
  RestrictedNamespace,
} from '@cafe-lumiere/constructs';
import { calls, declareService, postgres, timeoutOf } from '@cafe-lumiere/contract';
import { Chart, Duration, Size } from 'cdk8s';
import { SERVICES } from './size.js';

// A thousand services, each of which calls the one before it; the first one has the database. Everything is proven.

const app = new App();
const chart = new Chart(app, 'many', { namespace: 'many' });
new RestrictedNamespace(chart, 'namespace', { name: 'many' });
const configuration = new Configuration(chart, 'configuration', {
  configMap: 'many-config',
  secret: 'many-secrets',
});
new DefaultDenyNetworkPolicy(chart, 'default-deny');
const database = new PostgresStack(chart, 'postgres', {
  release: 'many-postgresql',
  database: 'many',
  owner: 'many',
  storage: Size.gibibytes(1),
  credentials: { developmentPassword: 'development' },
});
const props = { image: 'many/service:1.0.0', configuration };
const first = new ProbedService(
  chart,
  declareService({
    name: 'service-0',
    port: 8080,
    stores: { DB: postgres({}) },
    image: { programs: { server: './main.ts', 'wait-for-postgres': './wait-for-postgres.ts' } },
  }),
  props,
);
first.connects(database);
let before: DeclaredService = first;
for (let index = 1; index < SERVICES; index += 1) {
  const name = `service-${index}`;
  // One deadline for each hop would not end before the page does: only every other one calls.
  if (index % 2 === 0) {
    before = new ProbedService(chart, declareService({ name, port: 8080 }), props);
    continue;
  }
  const declaration = declareService({
    name,
    port: 8080,
    reads: { BEFORE_URL: calls(), BEFORE_TIMEOUT_MS: timeoutOf('BEFORE_URL', 2000) },
  });
  const service = new ProbedService(chart, declaration, props);
  service.calls(before, { env: 'BEFORE_URL', timeout: Duration.millis(2000) });
  before = service;
}
app.synth();
