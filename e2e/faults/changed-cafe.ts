import { App } from '@cafe-lumiere/constructs';
import { ApiObject, JsonPatch } from 'cdk8s';
import { Cafe } from '../../cdk8s/cafe.js';
import { type CafeDatabase, environmentNamed, type Exposure } from '../../cdk8s/environments.js';
import { imageOf } from '../../images/image-lock.js';
import { HOSTNAME, TLS_SECRET } from '../gateway/certificate.js';
import { CLUSTER_IMAGES } from './postgres-cluster.js';

// The café of `local` with one thing changed, as an operator would change it: the word says which. `gateway-…` is changed, and
// behind a Gateway.

/** As in `production`, where a Gateway listens elsewhere inside: Traefik. */
const GATEWAY: Exposure = {
  gateway: { className: 'traefik', hostname: HOSTNAME, tlsSecret: TLS_SECRET, port: 8443 },
  tlsProxies: { namespace: 'traefik', count: 1 },
};

const changes = new Set(process.argv[2]?.split('-'));
const local = environmentNamed('local');
const app = new App();
const cafe = new Cafe(app, 'deployments', {
  environment: {
    ...local,
    database: changedDatabase(),
    ...(changes.has('monitoring')
      ? { monitoring: { namespace: 'monitoring', operator: { labels: {} } } }
      : {}),
    ...(changes.has('gateway') ? { exposure: GATEWAY } : {}),
    // Less than the usual CPU, so that a crowd suffices that leaves a small machine some; and more than half of what three
    // pods use for the few who are always there (38 % each for one guest a second), or the third would stay.
    ...(changes.has('autoscaler') ? { autoscaler: { minReplicas: 2, maxReplicas: 5, cpuPercent: 60 } } : {}),
  },
  imageOf: imageOf(),
});
if (changes.has('configuration')) {
  const url = `http://order-service.${Cafe.NAMESPACE}:5001`;
  const of = (id: string): ApiObject => ApiObject.of(cafe.node.findChild(id));
  of('configuration').addJsonPatch(JsonPatch.replace('/data/ORDER_SERVICE_URL', url));
  // What the constructs do themselves when an entry's value is another one: the pods that read it roll.
  const checksum = '/spec/template/metadata/annotations/checksum~1cafe-config';
  for (const id of ['kitchen-service', 'frontend']) {
    of(id).addJsonPatch(JsonPatch.replace(checksum, 'changed'));
  }
}
if (changes.has('autoscaler')) {
  for (const object of cafe.node.findAll()) {
    if (!ApiObject.isApiObject(object) || object.kind !== 'HorizontalPodAutoscaler') continue;
    // In seconds what takes minutes, so that somebody can watch it; and one after the other what comes at once, because nine
    // processes that start in the same second leave a small machine nothing, and what is measured is then the machine.
    object.addJsonPatch(
      JsonPatch.add('/spec/behavior/scaleUp', {
        policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }],
      }),
      JsonPatch.replace('/spec/behavior/scaleDown/stabilizationWindowSeconds', 30),
      JsonPatch.replace('/spec/behavior/scaleDown/policies/0/periodSeconds', 15),
    );
  }
}
app.synth();

function changedDatabase(): CafeDatabase {
  const { database } = local;
  if (database.mode === 'external') return database;
  if (changes.has('password')) return { ...database, credentials: { developmentPassword: 'rotated' } };
  return changes.has('cluster')
    ? { ...database, mode: 'cluster', backup: 'none', clusterImage: CLUSTER_IMAGES.usual }
    : database;
}
