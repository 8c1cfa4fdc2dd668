import { App, Chart } from 'cdk8s';
import { type ContainerResources, Deployment } from 'cdk8s-plus-28';
import { SERVICES } from './size.js';

// The same number of plain cdk8s-plus Deployments and Services: what anybody would write, and nothing is proven.

const app = new App({ outputFileExtension: '.yaml' });
const chart = new Chart(app, 'many', { namespace: 'many' });
const resources: ContainerResources = {};
for (let index = 0; index < SERVICES; index += 1) {
  const deployment = new Deployment(chart, `service-${index}`, {
    replicas: 2,
    containers: [{ image: 'many/service:1.0.0', portNumber: 8080, resources }],
  });
  deployment.exposeViaService({ ports: [{ port: 8080 }] });
}
app.synth();
