import { declareService, text } from '@cafe-lumiere/contract';
import { findingText } from '@cafe-lumiere/checks';
import { expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import { ProbedService } from './probed-service.js';

/** A Deployment and a Service of cdk8s-plus, and a service of ours that asks them, in one chart. */
function shop(tillUrl: string): App {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const probe = kplus.Probe.fromHttpGet('/up', { port: 8080 });
  const till = new kplus.Deployment(chart, 'till', {
    replicas: 1,
    containers: [
      {
        image: 'shop/till:1.0.0',
        portNumber: 8080,
        readiness: probe,
        startup: probe,
        liveness: kplus.Probe.fromHttpGet('/alive', { port: 8080, timeoutSeconds: Duration.seconds(5) }),
        resources: { cpu: { request: kplus.Cpu.millis(100) }, memory: { request: Size.mebibytes(64) } },
        securityContext: {
          user: 10_001,
          seccompProfile: { type: kplus.SeccompProfileType.RUNTIME_DEFAULT },
          capabilities: { drop: [kplus.Capability.ALL] },
        },
      },
    ],
  });
  till.exposeViaService({ name: 'till', ports: [{ port: 8080 }] });
  const settings = new kplus.ConfigMap(chart, 'settings', {
    metadata: { name: 'settings' },
    data: { 'till-url': tillUrl },
  });
  const web = declareService({ name: 'web', port: 8080, reads: { TILL_URL: text() } });
  const service = new ProbedService(chart, web, {
    image: 'shop/web:1.0.0',
    configuration: new Configuration(chart, 'configuration', { configMap: 'config', secret: 'secrets' }),
    values: { TILL_URL: { configMap: settings.name, key: 'till-url' } },
  });
  new kplus.NetworkPolicy(chart, 'policy', {
    selector: kplus.Pods.select(chart, 'web-pods', { labels: service.podLabels }),
    egress: { rules: [{ peer: till, ports: [kplus.NetworkPolicyPort.tcp(8080)] }] },
  });
  return app;
}

test('stands in one tree with the constructs of cdk8s-plus, and both are proven together', () => {
  expect(shop('http://till:8080').proven().findings.map(findingText)).toEqual([]);
  expect(shop('http://til:8080').proven().findings).toEqual([
    expect.objectContaining({ id: 'CAFE001', object: 'Deployment shop/web' }),
  ]);
});
