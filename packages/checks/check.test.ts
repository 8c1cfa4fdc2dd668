import { expect, test } from '@jest/globals';
import { check } from './check.js';
import { findingText } from './model/finding.js';
import { manifestsIn } from './testing/mutation.js';

// Manifests of many shapes, written as careful people write them: none of them may give a finding.

const SECURE = `securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}`;
const POD = `securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}`;
const PROBES = `
            startupProbe: {httpGet: {path: /started, port: http}, failureThreshold: 30, timeoutSeconds: 3}
            readinessProbe: {httpGet: {path: /ready, port: http}, timeoutSeconds: 3}
            livenessProbe: {httpGet: {path: /alive, port: http}, timeoutSeconds: 3, failureThreshold: 6}`;

interface Extra {
  readonly kind?: string;
  readonly namespace?: string;
  readonly replicas?: number | undefined;
  /** Lines of the container, of the pod and of the spec, in YAML's flow style. */
  readonly container?: string;
  readonly pod?: string;
  readonly spec?: string;
}

const workload = (name: string, extra: Extra = {}): string => `
apiVersion: apps/v1
kind: ${extra.kind ?? 'Deployment'}
metadata: {name: ${name}, namespace: ${extra.namespace ?? 'shop'}}
spec:
  ${extra.replicas === undefined ? '' : `replicas: ${extra.replicas}`}
  selector: {matchLabels: {app: ${name}}}
  ${extra.spec ?? ''}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      ${POD}
      ${extra.pod ?? ''}
      containers:
        - name: ${name}
          image: example.org/${name}:1.2.3
          ports: [{name: http, containerPort: 8080}]
          ${SECURE}
          ${extra.container ?? ''}${PROBES.replaceAll('\n            ', '\n          ')}
---
`;

const service = (name: string, spec = '', namespace = 'shop', port = 80): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec: {selector: {app: ${name}}, ports: [{name: http, port: ${port}, targetPort: http}]${spec === '' ? '' : `, ${spec}`}}
---
`;

const env = (...entries: readonly string[]): string =>
  `env: [${entries.map((entry) => `{name: ${entry.split('=')[0] ?? ''}, value: "${entry.split('=').slice(1).join('=')}"}`).join(', ')}]`;

const policy = (name: string, spec: string, namespace = 'shop'): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec: ${spec}
---
`;

const good: readonly (readonly [shape: string, yaml: string])[] = [
  [
    'a headless Service and names of its pods',
    workload('cache', { kind: 'StatefulSet', replicas: 3, spec: 'serviceName: cache' }) +
      service('cache', 'clusterIP: None') +
      workload('web', { container: env('CACHE_URL=redis://cache-0.cache:80', 'CACHE_HOST=cache') }),
  ],
  [
    'an ExternalName Service',
    `apiVersion: v1\nkind: Service\nmetadata: {name: billing, namespace: shop}\nspec: {type: ExternalName, externalName: billing.example.com}\n---\n` +
      workload('web', { container: env('BILLING_URL=https://billing/v1') }),
  ],
  [
    'named ports, and a Service port of another number',
    workload('api') +
      service('api') +
      workload('web', { container: env('API_URL=http://api', 'API_HOST=api', 'API_PORT=80') }),
  ],
  [
    'a Job and a CronJob',
    `apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate, namespace: shop}\nspec: {template: {metadata: {labels: {job: migrate}}, spec: {restartPolicy: Never, ${POD}, containers: [{name: migrate, image: "shop/migrate:1.0", ${SECURE}}]}}}\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: report, namespace: shop}\nspec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, ${POD}, containers: [{name: report, image: "shop/report:1.0", ${SECURE}, ${env('API_URL=http://api.shop')}}]}}}}}\n---\n` +
      workload('api') +
      service('api'),
  ],
  [
    'a sidecar without ports or probes',
    workload('web', {
      pod: `initContainers: [{name: logs, image: "shop/logs:3", restartPolicy: Always, ${SECURE}}]`,
    }) + service('web'),
  ],
  [
    'names of another namespace, long and short',
    workload('api', { namespace: 'backend' }) +
      service('api', '', 'backend') +
      workload('web', {
        container: env(
          'A_URL=http://api.backend',
          'B_URL=http://api.backend.svc',
          'C_URL=http://api.backend.svc.cluster.local:80',
          'D_URL=http://metrics.monitoring.svc:9090',
        ),
      }),
  ],
  [
    'policies by namespace',
    policy('default-deny', '{podSelector: {}, policyTypes: [Ingress, Egress]}', 'backend') +
      policy(
        'api',
        '{podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress], ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}], ports: [{port: http}]}]}',
        'backend',
      ) +
      `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n` +
      workload('api', { namespace: 'backend' }) +
      service('api', '', 'backend') +
      workload('web', { container: env('API_URL=http://api.backend') }),
  ],
  [
    'a policy for one port range, and none by default',
    policy(
      'api',
      '{podSelector: {matchLabels: {app: api}}, ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: In, values: [web, shop]}]}}], ports: [{port: 8000, endPort: 8100}]}]}',
    ) +
      workload('api') +
      service('api') +
      workload('web', { container: env('API_URL=http://api') }),
  ],
  [
    'several containers with several ports',
    workload('web', { pod: `` }).replace(
      '      containers:',
      `      containers:\n        - name: proxy\n          image: shop/proxy:2\n          ports: [{name: metrics, containerPort: 9090}]\n          ${SECURE}`,
    ) + service('web'),
  ],
  [
    'an HPA without fixed replicas',
    workload('web', { container: 'resources: {requests: {cpu: 100m}}' }) +
      service('web') +
      `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: web, namespace: shop}\nspec: {minReplicas: 2, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]}\n---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: web, namespace: shop}\nspec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}\n---\n`,
  ],
  [
    'a StatefulSet of PostgreSQL behind a pooler',
    workload('db', {
      kind: 'StatefulSet',
      spec: 'serviceName: db-hl',
      container: 'args: [-c, max_connections=60]',
    }).replace('example.org/db:1.2.3', 'postgres:17') +
      service('db', '', 'shop', 5432) +
      service('db', 'clusterIP: None').replace('{name: db,', '{name: db-hl,') +
      workload('pool', {
        replicas: 1,
        container: env('DB_HOST=db', 'DB_PORT=5432', 'DEFAULT_POOL_SIZE=20', 'MAX_CLIENT_CONN=500'),
      }).replace('example.org/pool:1.2.3', 'example.org/pgbouncer:1.23') +
      service('pool', '', 'shop', 5432) +
      workload('web', { replicas: 20, container: env('DB_HOST=pool', 'DB_PORT=5432', 'DB_POOL_MAX=10') }),
  ],
  [
    'a DaemonSet, and a Service without a selector',
    workload('agent', { kind: 'DaemonSet' }) +
      `apiVersion: v1\nkind: Service\nmetadata: {name: legacy, namespace: shop}\nspec: {ports: [{port: 3306}]}\n---\n` +
      workload('web', { container: env('LEGACY_HOST=legacy', 'LEGACY_PORT=3306') }),
  ],
  [
    'addresses, hosts outside, and what is no host',
    workload('web', {
      container: env(
        'HOST=0.0.0.0',
        'BIND_HOST=127.0.0.1',
        'S3_URL=https://s3.eu-central-1.amazonaws.com',
        'SMTP_HOST=mail.example.com',
        'NODE_ENV=production',
        'LABEL=a:b',
        'KAFKA_HOST=a,b',
        'PEER_URL=http://10.0.0.7:8080',
      ),
    }),
  ],
  [
    'envFrom, variables inside variables, an optional Secret',
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {API_NAME: api, PATH_PREFIX: /v1}\n---\n` +
      workload('api') +
      service('api') +
      workload('web', {
        container:
          'envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: extra, optional: true}}]\n          env: [{name: API_URL, value: "http://$(API_NAME)$(PATH_PREFIX)"}]',
      }),
  ],
  [
    'a Secret from elsewhere, and projected volumes',
    workload('web', {
      pod: 'volumes: [{name: tls, secret: {secretName: web-tls}}, {name: all, projected: {sources: []}}]',
      container: 'volumeMounts: [{name: tls, mountPath: /tls}, {name: all, mountPath: /all}]',
    }).replace(
      '{name: web, namespace: shop}',
      '{name: web, namespace: shop, annotations: {cafe-check/external: Secret/web-tls}}',
    ),
  ],
  [
    'an ingress, canary pods behind one Service',
    workload('web', { replicas: 2 }).replaceAll('{app: web}', '{app: web, track: stable}') +
      workload('web-canary')
        .replaceAll('{app: web-canary}', '{app: web, track: canary}')
        .replace('example.org/web-canary:1.2.3', 'example.org/web:1.3.0') +
      service('web') +
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web, namespace: shop}\nspec: {rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]}\n---\n`,
  ],
  [
    'what kubectl get -o json writes, Secrets included',
    `apiVersion: v1\nkind: List\nitems:\n  - {apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop, uid: 5e0a6c1e, creationTimestamp: null}, data: {password: Z2VoZWlt}, type: Opaque}\n---\n` +
      workload('web', {
        container: 'env: [{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}]',
      }),
  ],
  [
    'a query that may take longer than the probe waits, whose probe is answered from memory',
    workload('web', {
      container: env('DB_HOST=db.example.com', 'DB_PORT=5432', 'DB_QUERY_TIMEOUT_MS=3000'),
    }) + service('web'),
  ],
  [
    'a load balancer whose clients wait for as long as it takes',
    workload('web', { container: env('API_URL=http://api', 'API_TIMEOUT_MS=60000') }) +
      service('web', 'type: LoadBalancer') +
      workload('api') +
      service('api'),
  ],
  [
    'two stores of one workload, each with variables of its own',
    workload('db', { kind: 'StatefulSet', spec: 'serviceName: db' }).replace(
      'example.org/db:1.2.3',
      'postgres:17',
    ) +
      service('db', 'clusterIP: None', 'shop', 5432) +
      workload('archive', {
        kind: 'StatefulSet',
        spec: 'serviceName: archive',
        container: 'args: [-c, max_connections=20]',
      }).replace('example.org/archive:1.2.3', 'postgres:17') +
      service('archive', 'clusterIP: None', 'shop', 5432) +
      workload('web', {
        replicas: 2,
        container: env(
          'DB_HOST=db',
          'DB_PORT=5432',
          'DB_POOL_MAX=20',
          'ARCHIVE_HOST=archive',
          'ARCHIVE_PORT=5432',
          'ARCHIVE_POOL_MAX=1',
        ),
      }),
  ],
  [
    'kinds that nobody here knows',
    `apiVersion: example.com/v1\nkind: Oven\nmetadata: {name: big, namespace: shop}\nspec: {degrees: 220}\n---\n` +
      workload('web'),
  ],
];

test.each(good)('%s', (_shape, yaml) => {
  expect(check(manifestsIn(yaml)).findings.map(findingText)).toEqual([]);
});
