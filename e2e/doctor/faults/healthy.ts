import type { Fault } from '../fault.js';
import {
  asking,
  claim,
  connecting,
  database,
  deployment,
  job,
  type KubernetesObject,
  mounting,
  postgresCluster,
  program,
  replicated,
  scheduled,
  service,
  serving,
  sleeper,
  store,
  web,
} from '../objects.js';

/** Applications in which nothing is wrong: they are rolled out anew, and nothing may be named meanwhile. */
export const healthy: readonly Fault[] = [
  { name: 'healthy', objects: () => [...store(), ...web()], roots: [] },
  {
    // As the guestbooks of tutorials are: a front, one who writes, several who read.
    name: 'healthy-guestbook',
    objects: () => [
      ...store(),
      replicated(
        deployment('reader', ['redis-server', '--replicaof', 'store', '6379', '--protected-mode', 'no']),
        2,
      ),
      service('reader', 6379),
      program('front', `${serving('/')}; ${connecting('reader', 6379)}`, {
        container: {
          env: [
            { name: 'WRITER_HOST', value: 'store' },
            { name: 'READER_URL', value: 'redis://reader:6379' },
          ],
          readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 2 },
        },
      }),
      service('front', 80, { ports: [{ name: 'http', port: 80, targetPort: 8080 }] }),
    ],
    roots: [],
  },
  {
    // As small businesses have it: a database on a volume, who asks it, and a nightly job that is not due.
    name: 'healthy-ledger',
    objects: () => [
      claim('shop-data'),
      ...database({
        pod: { ...mounting('shop-data'), terminationGracePeriodSeconds: 30 },
        container: {
          env: [
            { name: 'PGDATA', value: '/data/db' },
            { name: 'POSTGRES_HOST_AUTH_METHOD', value: 'trust' },
          ],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      }).map((object) => (object['kind'] === 'Deployment' ? recreated(object) : object)),
      asking('select 1'),
      scheduled('nightly', job('nightly', 'Never', 'true')),
    ],
    roots: [],
  },
  {
    // Members that find each other by name, before they are ready.
    name: 'healthy-members',
    objects: () => {
      const { spec, ...rest } = replicated(sleeper('member'), 3);
      return [
        { ...rest, kind: 'StatefulSet', spec: { ...(spec as KubernetesObject), serviceName: 'member' } },
        service('member', 80, { clusterIP: 'None', publishNotReadyAddresses: true }),
      ];
    },
    roots: [],
  },
  {
    name: 'healthy-schedule',
    objects: () => [sleeper('web'), scheduled('report', job('report', 'Never', 'echo done'))],
    then: [
      'kubectl create job --from=cronjob/report report-1 && kubectl wait --for=condition=complete job/report-1 --timeout=60s',
    ],
    roots: [],
  },
  {
    name: 'healthy-operator',
    objects: () => [postgresCluster({ imageName: 'ghcr.io/cloudnative-pg/postgresql:17' })],
    roots: [],
  },
];

const recreated = (object: KubernetesObject): KubernetesObject => ({
  ...object,
  spec: { ...(object['spec'] as KubernetesObject), strategy: { type: 'Recreate' } },
});
