import { Chart, Duration, Size } from 'cdk8s';
import { App } from '@cafe-lumiere/constructs';
import { Configuration } from '@cafe-lumiere/constructs';
import { DefaultDenyNetworkPolicy } from '@cafe-lumiere/constructs';
import { PostgresStack } from '@cafe-lumiere/constructs';
import { ProbedService } from '@cafe-lumiere/constructs';
import { RestrictedNamespace } from '@cafe-lumiere/constructs';
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
const postgres = new PostgresStack(chart, 'postgres', {
  database: 'many',
  owner: 'many',
  storage: Size.gibibytes(1),
  credentials: { developmentPassword: 'development' },
});
let before: ProbedService | undefined;
for (let index = 0; index < SERVICES; index += 1) {
  const service = new ProbedService(chart, `service-${index}`, {
    port: 8080,
    image: 'many/service:1.0.0',
    configuration,
  });
  if (before) {
    // One deadline for each hop would not end before the page does: only every other one calls.
    if (index % 2 === 1) {
      service.calls(before, { env: `SERVICE_${index - 1}_URL`, timeout: Duration.millis(2000) });
    }
  } else service.connects(postgres);
  before = service;
}
app.synth();
