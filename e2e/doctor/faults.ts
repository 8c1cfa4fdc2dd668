import {
  data,
  deployment,
  type KubernetesObject,
  NODE,
  POSTGRES,
  REDIS,
  service,
  sleeper,
  store,
  web,
} from './objects.js';

/** A fault with the answer that its author would have needed, written before the doctor was asked. */
export interface Fault {
  readonly name: string;
  /** @param namespace - for what is in none */
  readonly objects: (namespace: string) => readonly KubernetesObject[];
  /** Each root: its code, and a word of its sentence. No other root may be named *proven*. */
  readonly roots: readonly (readonly [code: string, word: string])[];
  /** The Pod Security level that the namespace enforces. @default - none */
  readonly security?: string;
}

const serve = (path: string): string =>
  `require('http').createServer((q, a) => { a.statusCode = q.url === '${path}' ? 200 : 404; a.end(); }).listen(8080)`;
const CONNECT =
  "const s = require('net').connect({ host: 'store', port: 6379, timeout: 3000 }); s.on('timeout', () => { console.error('Error: connect ETIMEDOUT store:6379'); process.exit(1) }); s.on('error', (e) => { console.error(e); process.exit(1) }); s.on('connect', () => setInterval(() => {}, 1000))";
const secretKey = (name: string, key: string) => [
  { name: 'STORE_HOST', value: 'store' },
  { name: 'STORE_PASSWORD', valueFrom: { secretKeyRef: { name, key } } },
];

export const FAULTS: readonly Fault[] = [
  {
    name: 'image-missing',
    objects: () => [...store(), ...web({ container: { image: REDIS.replace(/:[^:]*$/, ':no-such') } })],
    roots: [['CAFE221', 'no-such']],
  },
  {
    name: 'registry-away',
    objects: () => [sleeper('web', { container: { image: 'registry.invalid/shop/web:1' } })],
    roots: [['CAFE223', 'registry.invalid']],
  },
  {
    name: 'image-name',
    objects: () => [sleeper('web', { container: { image: 'Shop/Web:1' } })],
    roots: [['CAFE224', 'Shop/Web:1']],
  },
  {
    name: 'secret-misspelled',
    objects: () => [
      ...store(),
      data('Secret', 'shop-secrets', { password: 'x' }),
      ...web({ container: { env: secretKey('shop-secret', 'password') } }),
    ],
    roots: [['CAFE231', 'shop-secrets']],
  },
  {
    name: 'key-misspelled',
    objects: () => [
      ...store(),
      data('Secret', 'shop-secrets', { password: 'x' }),
      ...web({ container: { env: secretKey('shop-secrets', 'passwort') } }),
    ],
    roots: [['CAFE232', 'passwort']],
  },
  {
    name: 'volume-of-missing-map',
    objects: () => [
      sleeper('web', { pod: { volumes: [{ name: 'settings', configMap: { name: 'shop-settings' } }] } }),
    ],
    roots: [['CAFE231', 'shop-settings']],
  },
  { name: 'host-misspelled', objects: () => [...store(), ...web({}, 'stor')], roots: [['CAFE233', 'store']] },
  {
    name: 'password-of-store',
    objects: () => [
      data('Secret', 'shop-secrets', { password: 'of-the-client' }),
      ...store({}, ['redis-server', '--requirepass', 'of-the-store']),
      ...web({
        container: {
          command: ['sh', '-c', 'redis-cli -h store -a "$STORE_PASSWORD" -e ping && exec sleep 100000'],
          env: secretKey('shop-secrets', 'password'),
        },
      }),
    ],
    roots: [['CAFE281', 'shop-secrets']],
  },
  {
    name: 'password-of-database',
    objects: () => [
      deployment('database', ['docker-entrypoint.sh', 'postgres'], {
        container: {
          image: POSTGRES,
          env: [{ name: 'POSTGRES_PASSWORD', value: 'of-the-volume' }],
          ports: [{ containerPort: 5432 }],
          readinessProbe: { exec: { command: ['pg_isready', '-h', '127.0.0.1'] } },
        },
      }),
      service('database', 5432),
      data('Secret', 'shop-secrets', { password: 'of-the-client' }),
      deployment(
        'web',
        [
          'sh',
          '-c',
          'until pg_isready -q -h database; do sleep 1; done; psql -h database -U postgres -c "select 1" && exec sleep 100000',
        ],
        {
          container: {
            image: POSTGRES,
            env: [
              { name: 'PGPASSWORD', valueFrom: { secretKeyRef: { name: 'shop-secrets', key: 'password' } } },
              { name: 'PGHOST', value: 'database' },
            ],
          },
        },
      ),
    ],
    roots: [['CAFE281', 'postgres']],
  },
  {
    name: 'selector-misspelled',
    objects: () => [store()[0] ?? {}, service('store', 6379, { selector: { app: 'stor' } }), ...web()],
    roots: [['CAFE271', 'app=store']],
  },
  {
    name: 'store-crashes',
    objects: () => [...store({}, ['redis-server', '--no-such-option', 'yes']), ...web()],
    roots: [['CAFE251', 'store']],
  },
  {
    name: 'store-image-missing',
    objects: () => [...store({ container: { image: REDIS.replace(/:[^:]*$/, ':gone') } }), ...web()],
    roots: [['CAFE221', 'gone']],
  },
  {
    name: 'too-much-cpu',
    objects: () => [sleeper('web', { container: { resources: { requests: { cpu: '640' } } } })],
    roots: [['CAFE211', 'cpu']],
  },
  {
    name: 'no-such-node',
    objects: () => [sleeper('web', { pod: { nodeSelector: { disk: 'nvme' } } })],
    roots: [['CAFE212', 'web']],
  },
  {
    name: 'quota',
    objects: () => [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: { hard: { pods: '0' } } },
      sleeper('web'),
    ],
    roots: [['CAFE213', 'few']],
  },
  {
    name: 'pod-security',
    objects: () => [sleeper('web')],
    security: 'restricted',
    roots: [['CAFE214', 'restricted']],
  },
  {
    name: 'account-missing',
    objects: () => [sleeper('web', { pod: { serviceAccountName: 'shop' } })],
    roots: [['CAFE215', 'shop']],
  },
  {
    name: 'claim-missing',
    objects: () => [
      sleeper('web', {
        pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } }] },
      }),
    ],
    roots: [['CAFE241', 'shop-data']],
  },
  {
    name: 'class-missing',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'shop-data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'standart',
          resources: { requests: { storage: '1Gi' } },
        },
      },
      sleeper('web', {
        pod: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } }] },
      }),
    ],
    roots: [['CAFE242', 'standart']],
  },
  {
    name: 'command-missing',
    objects: () => [deployment('web', ['/no/such/program'])],
    roots: [['CAFE234', '/no/such/program']],
  },
  {
    name: 'runs-as-root',
    objects: () => [sleeper('web', { container: { securityContext: { runAsNonRoot: true, runAsUser: 0 } } })],
    roots: [['CAFE235', 'root']],
  },
  {
    name: 'out-of-memory',
    objects: () => [
      deployment('web', ['sh', '-c', 'head -c 300000000 /dev/zero | tail'], {
        container: { resources: { limits: { memory: '32Mi' } } },
      }),
    ],
    roots: [['CAFE252', '32Mi']],
  },
  {
    name: 'liveness-port',
    objects: () => [
      sleeper('web', {
        container: { livenessProbe: { tcpSocket: { port: 9999 }, periodSeconds: 1, failureThreshold: 1 } },
      }),
    ],
    roots: [['CAFE261', '9999']],
  },
  {
    name: 'readiness-path',
    objects: () => [
      deployment('web', ['node', '-e', serve('/health')], {
        container: {
          image: NODE,
          readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 2 },
        },
      }),
    ],
    roots: [['CAFE262', '/healthz']],
  },
  {
    name: 'readiness-port',
    objects: () => [
      deployment('web', ['node', '-e', serve('/health')], {
        container: {
          image: NODE,
          readinessProbe: { httpGet: { path: '/health', port: 8081 }, periodSeconds: 2 },
        },
      }),
    ],
    roots: [['CAFE262', '8081']],
  },
  {
    name: 'autoscaler-without-target',
    objects: () => [
      sleeper('web'),
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web' },
        spec: {
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'webb' },
          minReplicas: 1,
          maxReplicas: 2,
        },
      },
    ],
    roots: [['CAFE293', 'webb']],
  },
  {
    name: 'policy-in-the-way',
    objects: () => [
      ...store(),
      deployment('web', ['node', '-e', CONNECT], {
        container: { image: NODE, env: [{ name: 'STORE_URL', value: 'redis://store:6379' }] },
      }),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'store' },
        spec: {
          podSelector: { matchLabels: { app: 'store' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { app: 'wed' } } }], ports: [{ port: 6379 }] }],
        },
      },
    ],
    roots: [['CAFE273', 'NetworkPolicy']],
  },
  {
    name: 'webhook-away',
    objects: (namespace) => [
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: namespace },
        webhooks: [
          {
            name: 'agree.shop.example',
            failurePolicy: 'Fail',
            sideEffects: 'None',
            admissionReviewVersions: ['v1'],
            timeoutSeconds: 2,
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
            clientConfig: { service: { name: 'agree', namespace, path: '/' } },
          },
        ],
      },
      sleeper('web'),
    ],
    roots: [['CAFE216', 'agree.shop.example']],
  },
  {
    name: 'job-fails',
    objects: () => [
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'import' },
        spec: {
          backoffLimit: 0,
          template: {
            spec: {
              restartPolicy: 'Never',
              containers: [
                {
                  name: 'import',
                  image: REDIS,
                  command: ['sh', '-c', 'echo "the price list has no prices" >&2; exit 3'],
                },
              ],
            },
          },
        },
      },
    ],
    roots: [['CAFE254', 'no prices']],
  },
  {
    name: 'target-port-name',
    objects: () => [
      store()[0] ?? {},
      service('store', 6379, { ports: [{ name: 'main', port: 6379, targetPort: 'redis' }] }),
      ...web(),
    ],
    roots: [['CAFE272', 'redis']],
  },
  {
    name: 'ingress-misspelled',
    objects: () => [
      ...store(),
      ...web(),
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'shop' },
        spec: {
          rules: [
            {
              http: {
                paths: [
                  {
                    path: '/',
                    pathType: 'Prefix',
                    backend: { service: { name: 'wep', port: { number: 80 } } },
                  },
                ],
              },
            },
          ],
        },
      },
    ],
    roots: [['CAFE276', 'wep']],
  },
  {
    name: 'gate-waits',
    objects: () => [
      ...store(),
      sleeper('web', {
        pod: {
          initContainers: [
            {
              name: 'wait',
              image: REDIS,
              command: ['sh', '-c', 'until redis-cli -h stores ping; do sleep 2; done'],
            },
          ],
        },
      }),
    ],
    roots: [['CAFE233', 'stores']],
  },
  {
    name: 'two-at-once',
    objects: () => [
      ...store({}, ['redis-server', '--no-such-option', 'yes']),
      ...web(),
      sleeper('billing', { container: { image: REDIS.replace(/:[^:]*$/, ':gone') } }),
    ],
    roots: [
      ['CAFE251', 'store'],
      ['CAFE221', 'gone'],
    ],
  },
  { name: 'healthy', objects: () => [...store(), ...web()], roots: [] },
];
