import { findingText } from '@cafe-lumiere/checks';
import { declareService } from '@cafe-lumiere/contract';
import { expect, test } from '@jest/globals';
import { ApiObject, Chart, JsonPatch } from 'cdk8s';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import { ProbedService } from './probed-service.js';
import { only, synthesized } from './synthesized.js';

/** A patch in Kubernetes' words, for what no prop says. */
function patched(...patches: JsonPatch[]) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const configuration = new Configuration(chart, 'configuration', { configMap: 'config', secret: 'secrets' });
  const till = declareService({ name: 'till', port: 8080 });
  const service = new ProbedService(chart, till, {
    image: 'shop/till:1.0.0',
    configuration,
    autoscaler: { minReplicas: 2, maxReplicas: 4 },
  });
  ApiObject.of(service).addJsonPatch(...patches);
  return { chart, findings: app.proven().findings };
}
const pod = '/spec/template/spec';
const container = `${pod}/containers/0`;

test('a patch lands in the Deployment as it is written', () => {
  const { chart, findings } = patched(
    JsonPatch.add(`${pod}/hostAliases`, [{ ip: '10.1.2.3', hostnames: ['printer'] }]),
    JsonPatch.replace('/spec/strategy/rollingUpdate/maxSurge', '100%'),
    JsonPatch.add(`${container}/aFieldOfTomorrow`, 0),
  );
  expect(findings.map(findingText)).toEqual([]);
  expect(only(synthesized(chart), 'Deployment', 'till')).toMatchObject({
    spec: {
      strategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: 0 } },
      template: {
        spec: {
          hostAliases: [{ ip: '10.1.2.3', hostnames: ['printer'] }],
          containers: [{ name: 'till', aFieldOfTomorrow: 0 }],
        },
      },
    },
  });
});

test.each<[string, string, JsonPatch]>([
  ['a port that the Service leads to', 'CAFE003', JsonPatch.replace(`${container}/ports/0/name`, 'web')],
  [
    'a label that the Service selects',
    'CAFE004',
    JsonPatch.replace('/spec/template/metadata/labels/app', 'web'),
  ],
  [
    'a ConfigMap that is not there',
    'CAFE022',
    JsonPatch.add(`${container}/env/0`, {
      name: 'A',
      valueFrom: { configMapKeyRef: { name: 'config', key: 'A' } },
    }),
  ],
  [
    'liveness that asks what readiness asks',
    'CAFE032',
    JsonPatch.replace(`${container}/livenessProbe/httpGet/path`, '/readyz'),
  ],
  [
    'a grace period that is too short',
    'CAFE041',
    JsonPatch.replace(`${pod}/terminationGracePeriodSeconds`, 5),
  ],
  [
    'a rollout that can never begin',
    'CAFE071',
    JsonPatch.replace('/spec/strategy/rollingUpdate/maxSurge', 0),
  ],
  ['pods that the autoscaler does not count', 'CAFE074', JsonPatch.add('/spec/replicas', 3)],
  [
    'CPU that the autoscaler cannot measure',
    'CAFE074',
    JsonPatch.remove(`${container}/resources/requests/cpu`),
  ],
  ['a root file system of root', 'CAFE081', JsonPatch.add(`${container}/securityContext/runAsUser`, 0)],
  ['an image without a version', 'CAFE086', JsonPatch.replace(`${container}/image`, 'shop/till')],
  ['a field of the wrong type', 'CAFE100', JsonPatch.replace(`${container}/image`, 1)],
])('a patch is proven like everything else: %s', (_what, id, patch) => {
  expect(patched(patch).findings.map((finding) => finding.id)).toContain(id);
});
