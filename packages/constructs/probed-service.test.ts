import {
  calls,
  count,
  declareForeignService,
  declareService,
  oneOf,
  optionalSecret,
  postgres,
  secret,
  type ServiceDeclaration,
  timeoutOf,
} from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size, Testing } from 'cdk8s';
import { parse } from 'yaml';
import { Configuration } from './configuration.js';
import { HelmChart } from './helm-chart.js';
import { PostgresStack } from './postgres-stack.js';
import { ProbedService } from './probed-service.js';
import type { CommonProps, ProbedServiceProps } from './probed-service-props.js';
import type { PodProps } from './pod-props.js';
import { only, podTemplateOf, synthesized } from './synthesized.js';

const newChart = (namespace = 'counter', app = Testing.app()) => {
  const chart = new Chart(app, namespace, { namespace });
  return {
    chart,
    configuration: new Configuration(chart, 'configuration', { configMap: 'config', secret: 'secrets' }),
  };
};

const plain = (name: string, port = 5001) => declareService({ name, port });
const withStore = (name: string) =>
  declareService({
    name,
    port: 5001,
    stores: { DB: postgres({}) },
    image: { programs: { server: './main.ts', 'wait-for-postgres': './wait-for-postgres.ts' } },
  });
const caller = declareService({
  name: 'kitchen',
  port: 5002,
  reads: { BAR_URL: calls(), BAR_TIMEOUT_MS: timeoutOf('BAR_URL', 1000) },
});

/** Of a store, what its tests do not speak of. */
const COUNTER = {
  database: 'counter',
  owner: 'guest',
  storage: Size.gibibytes(1),
  release: 'counter-postgresql',
  credentials: { developmentPassword: 'open' },
} as const;

const newService = (name: string, props: Partial<CommonProps> = {}) => {
  const { chart, configuration } = newChart();
  const service = new ProbedService(chart, plain(name), { image: 'bar:1', configuration, ...props });
  return { chart, configuration, service };
};

describe('a probed service', () => {
  test('asks start, readiness and liveness on different paths of a port to which no Service leads', () => {
    const manifests = synthesized(newService('bar').chart);
    const deployment = only(manifests, 'Deployment', 'bar');
    expect(deployment).toHaveProperty(
      'spec.template.spec.containers.0',
      expect.objectContaining({
        ports: [
          { name: 'http', containerPort: 5001, protocol: 'TCP' },
          { name: 'operations', containerPort: 9090, protocol: 'TCP' },
        ],
        startupProbe: {
          httpGet: { path: '/startupz', port: 'operations' },
          periodSeconds: 1,
          failureThreshold: 300,
          timeoutSeconds: 3,
        },
        readinessProbe: {
          httpGet: {
            path: '/readyz',
            port: 'operations',
            httpHeaders: [{ name: 'Prefer', value: 'wait=2' }],
          },
          periodSeconds: 2,
          failureThreshold: 2,
          timeoutSeconds: 3,
        },
        livenessProbe: {
          httpGet: { path: '/livez', port: 'operations' },
          periodSeconds: 10,
          failureThreshold: 6,
          timeoutSeconds: 5,
        },
      }),
    );
    expect(only(manifests, 'Service', 'bar')).toHaveProperty('spec.ports', [
      { name: 'http', port: 5001, protocol: 'TCP', targetPort: 'http' },
    ]);
    // A kubelet asks from the pod's own node, which no policy forbids.
    expect(only(manifests, 'NetworkPolicy', 'bar')).toHaveProperty('spec.ingress', []);
  });

  test('opens its operations port to the namespace that scrapes it, and to no client', () => {
    const { chart, service } = newService('bar', {
      scrapedFrom: { namespace: 'monitoring' },
      expose: { port: 80, type: 'LoadBalancer', clientTimeout: Duration.seconds(6) },
    });
    expect(only(synthesized(chart), 'NetworkPolicy', 'bar')).toHaveProperty('spec.ingress', [
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [{ protocol: 'TCP', port: 9090 }],
      },
      { ports: [{ protocol: 'TCP', port: 5001 }] },
    ]);
    expect(() => service.addressFor(service, 'operations')).toThrow(
      'counter/bar: there is no port "operations"; its declaration has: http.',
    );
  });

  test('starts without a Secret only where its declaration can and nobody says otherwise', () => {
    const reads = { KEY: secret(), DOOR_PASSWORD: optionalSecret() };
    const service = (key: object, door: object) => {
      const { chart, configuration } = newChart();
      const secrets = { KEY: { secret: 'keys', ...key }, DOOR_PASSWORD: { secret: 'door', ...door } };
      const declaration = declareService({ name: 'bar', port: 5001, reads });
      new ProbedService(chart, declaration, { image: 'bar:1', configuration, secrets });
      return only(synthesized(chart), 'Deployment', 'bar');
    };
    expect(service({}, {}).metadata['annotations']).toMatchObject({ 'cafe-check/external': 'Secret/keys' });
    expect(service({}, { optional: false }).metadata['annotations']).toMatchObject({
      'cafe-check/external': 'Secret/keys, Secret/door',
    });
    expect(() => service({ optional: true }, {})).toThrow(
      'counter/bar: secrets.KEY is optional, and bar does not start without it. Take "optional" out.',
    );
  });

  test('is scraped by the namespace of its configuration, when it is on the runtime', () => {
    const chart = new Chart(Testing.app(), 'counter', { namespace: 'counter' });
    const names = { configMap: 'config', secret: 'secrets' };
    const configuration = new Configuration(chart, 'it', { ...names, monitoring: 'monitoring' });
    new ProbedService(chart, plain('bar'), { image: 'bar:1', configuration });
    const foreign = declareForeignService({
      name: 'cache',
      port: 6379,
      probes: { readiness: { tcp: true } },
    });
    new ProbedService(chart, foreign, { image: 'cache:7', configuration });
    const manifests = synthesized(chart);
    expect(only(manifests, 'NetworkPolicy', 'bar')).toHaveProperty('spec.ingress', [
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [{ protocol: 'TCP', port: 9090 }],
      },
    ]);
    expect(only(manifests, 'NetworkPolicy', 'cache')).toHaveProperty('spec.ingress', []);
  });

  test('selects its pods by the app label alone, everywhere', () => {
    const manifests = synthesized(newService('bar').chart);
    expect(only(manifests, 'Deployment', 'bar')).toHaveProperty('spec.selector', {
      matchLabels: { app: 'bar' },
    });
    expect(only(manifests, 'Deployment', 'bar')).toHaveProperty('spec.template.metadata.labels.app', 'bar');
    expect(only(manifests, 'Service', 'bar')).toHaveProperty('spec.selector', { app: 'bar' });
    expect(only(manifests, 'PodDisruptionBudget', 'bar')).toHaveProperty('spec.selector', {
      matchLabels: { app: 'bar' },
    });
    expect(only(manifests, 'NetworkPolicy', 'bar')).toHaveProperty('spec.podSelector', {
      matchLabels: { app: 'bar' },
    });
  });

  test('rolls by adding a pod, and gives it longer to end than it needs', () => {
    const { chart } = newService('bar', { termination: { drainSeconds: 7, inFlightSeconds: 20 } });
    const deployment = only(synthesized(chart), 'Deployment', 'bar');
    expect(deployment).toHaveProperty('spec.strategy', {
      type: 'RollingUpdate',
      rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
    });
    expect(deployment).toHaveProperty('spec.template.spec.terminationGracePeriodSeconds', 37);
    expect(deployment).toHaveProperty('spec.template.spec.containers.0.env', [
      { name: 'PORT', value: '5001' },
      { name: 'OPERATIONS_PORT', value: '9090' },
      { name: 'DRAIN_SECONDS', value: '7' },
      { name: 'IN_FLIGHT_SECONDS', value: '20' },
    ]);
  });

  test('takes every prop', () => {
    const declaration = declareService({
      name: 'declared',
      port: 8080,
      ports: { grpc: 9000 },
      operationsPort: 9091,
      reads: {
        CUPS: count(),
        SIZE: oneOf(['small', 'large'], 'small'),
        KEY: secret(),
        DOOR_PASSWORD: optionalSecret(),
      },
    });
    // Required: a new prop must be added here, and to what is expected of it.
    // What it says of its pods is in pod-props.test.ts.
    const props: Required<
      Omit<ProbedServiceProps<typeof declaration>, 'configuration' | 'autoscaler' | keyof PodProps>
    > = {
      name: 'bar',
      image: 'registry.example/bar:2',
      expose: { port: 80, type: 'LoadBalancer', clientTimeout: Duration.seconds(6) },
      replicas: 4,
      values: { LOG_LEVEL: 'debug', CUPS: 12, SIZE: { configMap: 'sizes', key: 'size' } },
      secrets: { DOOR_PASSWORD: { secret: 'door', optional: true }, KEY: { secret: 'keys', key: 'signing' } },
      probes: {
        startup: { periodSeconds: 3, failureThreshold: 4, timeoutSeconds: 5 },
        readiness: { periodSeconds: 6, failureThreshold: 7, timeoutSeconds: 8 },
        liveness: { periodSeconds: 9, failureThreshold: 10, timeoutSeconds: 11 },
      },
      termination: { drainSeconds: 6, inFlightSeconds: 2 },
      minReadySeconds: 12,
      lostNodeSeconds: 60,
      scrapedFrom: { namespace: 'monitoring', port: 'grpc' },
      serviceAccountAnnotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::1:role/bar' },
    };
    const { chart, configuration } = newChart();
    new ProbedService(chart, declaration, { ...props, configuration });
    const manifests = synthesized(chart);
    expect(only(manifests, 'Deployment', 'bar')).toMatchObject({
      metadata: {
        annotations: {
          'cafe-check/client-timeout-ms': '6000',
          // Without what pods start without.
          'cafe-check/external': 'ConfigMap/sizes, Secret/keys',
        },
      },
      spec: {
        replicas: 4,
        minReadySeconds: 12,
        template: {
          spec: {
            terminationGracePeriodSeconds: 18,
            tolerations: [
              { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', tolerationSeconds: 60 },
              { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', tolerationSeconds: 60 },
            ],
            containers: [
              {
                image: 'registry.example/bar:2',
                ports: [
                  { containerPort: 8080 },
                  { name: 'grpc', containerPort: 9000 },
                  { name: 'operations', containerPort: 9091 },
                ],
                env: [
                  { name: 'PORT', value: '8080' },
                  { name: 'OPERATIONS_PORT', value: '9091' },
                  {},
                  {},
                  { name: 'LOG_LEVEL', value: 'debug' },
                  { name: 'CUPS', value: '12' },
                  { name: 'SIZE', valueFrom: { configMapKeyRef: { name: 'sizes', key: 'size' } } },
                  {
                    name: 'DOOR_PASSWORD',
                    valueFrom: { secretKeyRef: { name: 'door', key: 'DOOR_PASSWORD', optional: true } },
                  },
                  { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'signing' } } },
                ],
                startupProbe: props.probes.startup,
                readinessProbe: props.probes.readiness,
                livenessProbe: props.probes.liveness,
              },
            ],
          },
        },
      },
    });
    expect(only(manifests, 'Service', 'bar')).toMatchObject({
      spec: {
        type: 'LoadBalancer',
        ports: [
          { name: 'http', port: 80, targetPort: 'http' },
          { name: 'grpc', port: 9000, targetPort: 'grpc' },
        ],
      },
    });
    expect(only(manifests, 'NetworkPolicy', 'bar')).toHaveProperty('spec.ingress', [
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [{ protocol: 'TCP', port: 9000 }],
      },
      { ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
    expect(only(manifests, 'ServiceAccount', 'bar').metadata['annotations']).toEqual(
      props.serviceAccountAnnotations,
    );
  });

  test('with an autoscaler has no number of pods of its own, and its store has room for the most', () => {
    const autoscaler = { minReplicas: 2, maxReplicas: 8 };
    const autoscaled = (maxConnections: number): Chart => {
      const { chart, configuration } = newChart();
      const store = new PostgresStack(chart, 'postgres', {
        ...COUNTER,
        maxConnections,
      });
      const props = { image: 'bar:1', configuration, autoscaler };
      new ProbedService(chart, withStore('bar'), props).connects(store);
      return chart;
    };
    const manifests = synthesized(autoscaled(101));
    expect(only(manifests, 'Deployment', 'bar')).not.toHaveProperty('spec.replicas');
    expect(only(manifests, 'HorizontalPodAutoscaler', 'bar')).toMatchObject({
      spec: { ...autoscaler, scaleTargetRef: { kind: 'Deployment', name: 'bar' } },
    });
    expect(() => synthesized(autoscaled(100))).toThrow('bar (8 + 1 pods) × (8 + 2) = 90');
  });

  test.each([
    ['of ours', { existingSecret: 'counter-tls' } as const, 'counter-tls', 'counter-tls'],
    ['that the chart makes', 'generated' as const, 'counter-postgresql-tls', '""'],
  ])(
    'of a store with a certificate %s checks it, and the chart lets nobody in without',
    (_whose, tls, secret, given) => {
      const { chart, configuration } = newChart();
      const store = new PostgresStack(chart, 'postgres', {
        ...COUNTER,
        tls,
      });
      new ProbedService(chart, withStore('bar'), { image: 'bar:1', configuration }).connects(store);
      const manifests = synthesized(chart);
      expect(only(manifests, 'ConfigMap', 'config')).toHaveProperty('data.DB_SSL_MODE', 'verify-full');
      const { containers, initContainers, volumes } = podTemplateOf(
        only(manifests, 'Deployment', 'bar'),
      ).spec;
      for (const container of [...containers, ...initContainers]) {
        for (const name of ['DB_SSL_MODE', 'DB_SSL_ROOT_CERT']) {
          expect(container['env']).toContainEqual(expect.objectContaining({ name }));
        }
      }
      // The key is the server's alone.
      expect(JSON.stringify(volumes)).toContain(
        `"items":[{"key":"ca.crt","path":"ca.crt"}],"secretName":"${secret}"`,
      );
      expect(JSON.stringify(volumes)).not.toContain('tls.key');
      const [helm] = HelmChart.within(chart);
      const written = helm?.files().get('values.yaml');
      expect(helm?.values()).toEqual(parse(written ?? ''));
      expect(written).toMatch(
        new RegExp(`tls:\\n.*\\n {2}enabled: true\\n.*\\n {2}existingSecret: ${given}\\n`),
      );
    },
  );

  test('of a foreign image has the probes of its declaration, and none of the runtime’s variables', () => {
    const { chart, configuration } = newChart();
    const declaration = declareForeignService({
      name: 'cache',
      port: 6379,
      ports: { health: 9000 },
      probes: {
        readiness: { tcp: true },
        startup: { grpc: true, port: 'health' },
        liveness: { exec: ['ping'] },
      },
    });
    new ProbedService(chart, declaration, { image: 'cache:7', configuration });
    const [container] = podTemplateOf(only(synthesized(chart), 'Deployment', 'cache')).spec.containers;
    expect(container).toMatchObject({
      startupProbe: { grpc: { port: 9000 } },
      readinessProbe: { tcpSocket: { port: 'http' } },
      livenessProbe: { exec: { command: ['ping'] } },
    });
    expect(container).not.toHaveProperty('env');
  });

  test.each<[string, Partial<CommonProps>, string]>([
    ['Bad_Name', {}, 'counter/Bad_Name: the name "Bad_Name" is not a DNS label'],
    ['bar', { expose: { port: 99_999, type: 'ClusterIP' } }, 'counter/bar: expose.port is 99999'],
    [
      'bar',
      { termination: { inFlightSeconds: 1.5 } },
      'counter/bar: termination.inFlightSeconds is 1.5; it is a whole number of seconds, 0 or more.',
    ],
    [
      'bar',
      { termination: { drainSeconds: 4 } },
      'counter/bar: termination.drainSeconds is 4; clients keep an idle connection for 4 s',
    ],
    ['bar', { replicas: -1 }, 'counter/bar: replicas is -1; it is a whole number of pods, 0 or more.'],
    [
      'bar',
      { replicas: 2, autoscaler: { minReplicas: 1, maxReplicas: 2 } },
      'counter/bar: replicas is 2, and there is an autoscaler',
    ],
    ['bar', { autoscaler: { minReplicas: 3, maxReplicas: 2 } }, 'autoscaler.maxReplicas is 2; it is a whole'],
    ['bar', { lostNodeSeconds: 0.5 }, 'counter/bar: lostNodeSeconds is 0.5; it is a whole number of seconds'],
    [
      'bar',
      { scrapedFrom: { namespace: 'monitoring', port: 'metrics' } },
      'counter/bar: scrapedFrom asks the port "metrics"; its pods have: http, operations.',
    ],
    [
      'bar',
      { serviceAccountAnnotations: { 'not a key': '' } },
      'counter/bar: serviceAccountAnnotations.annotations has the key "not a key"',
    ],
    ['bar', { image: 'bar:latest' }, 'counter/bar: the image "bar:latest" has no fixed version'],
    [
      'bar',
      { image: 'registry.example:5000/bar' },
      'counter/bar: the image "registry.example:5000/bar" has no fixed version',
    ],
  ])('refuses %s with %j', (name, props, message) => {
    expect(() => newService(name, props)).toThrow(message);
  });
});

/** What the compiler refuses must be refused without it, too: a declaration may come from a list. */
describe('a declaration of which nothing is known', () => {
  const declared: ServiceDeclaration = caller;
  const newCaller = (props: object = {}) => {
    const { chart, configuration } = newChart();
    const service = new ProbedService(chart, declared, { image: 'bar:1', configuration, ...props });
    const callee = new ProbedService(chart, plain('bar'), { image: 'bar:1', configuration });
    return { chart, service, callee };
  };

  test('is refused a variable that it does not read', () => {
    const { service, callee } = newCaller();
    expect(() => {
      service.calls(callee, { env: 'BARS_URL', timeout: Duration.seconds(1) });
    }).toThrow(
      'counter/kitchen: calls(bar) sets BARS_URL, which the declaration of kitchen does not read as a call. It reads: BAR_URL.',
    );
    expect(() => newCaller({ values: { CUPS: 1 } })).toThrow(
      'counter/kitchen: values.CUPS is no value that the declaration of kitchen reads. It reads: LOG_LEVEL.',
    );
    expect(() => newCaller({ values: { LOG_LEVEL: 'loud' } })).toThrow(
      'values.LOG_LEVEL is "loud"; it is one of trace,',
    );
    expect(() => newCaller({ secrets: { KEY: { secret: 'keys' } } })).toThrow(
      'secrets.KEY is no secret that the declaration of kitchen reads. It reads: none.',
    );
  });

  test('is refused a call without the timeout that it reads', () => {
    const { service, callee } = newCaller();
    expect(() => {
      service.calls(callee, { env: 'BAR_URL' });
    }).toThrow('has no timeout, which kitchen reads as BAR_TIMEOUT_MS');
  });

  test('does not synthesize while nothing fills what it reads', () => {
    expect(() => synthesized(newCaller().chart)).toThrow(
      "kitchen reads BAR_URL, and nothing fills it: its pods would end at their start. Give it a call: calls(…, { env: 'BAR_URL' })",
    );
    const { chart, configuration } = newChart();
    new ProbedService(chart, withStore('bar'), { image: 'bar:1', configuration });
    expect(() => synthesized(chart)).toThrow(
      'bar keeps data in the store DB, and nothing connects it. Add connects(…, { as: ',
    );
  });
});

describe('an edge between services', () => {
  const newEdge = () => {
    const { chart, configuration } = newChart();
    const kitchen = new ProbedService(chart, caller, { image: 'kitchen:1', configuration });
    const callee = new ProbedService(chart, plain('bar'), {
      expose: { port: 80, type: 'ClusterIP' },
      image: 'bar:1',
      configuration,
    });
    kitchen.calls(callee, { env: 'BAR_URL', timeout: Duration.seconds(2) });
    return { chart, configuration, kitchen, callee };
  };

  test('gives the caller the URL of the Service’s port and a deadline', () => {
    const manifests = synthesized(newEdge().chart);
    expect(only(manifests, 'ConfigMap', 'config')).toHaveProperty('data', { BAR_URL: 'http://bar:80' });
    expect(only(manifests, 'Deployment', 'kitchen')).toHaveProperty(
      'spec.template.spec.containers.0.env',
      expect.arrayContaining([
        { name: 'BAR_URL', valueFrom: { configMapKeyRef: { name: 'config', key: 'BAR_URL' } } },
        { name: 'BAR_TIMEOUT_MS', value: '2000' },
      ]),
    );
  });

  test('opens the container’s port on both ends, and nothing else', () => {
    const manifests = synthesized(newEdge().chart);
    const port = [{ protocol: 'TCP', port: 5001 }];
    expect(only(manifests, 'NetworkPolicy', 'kitchen')).toMatchObject({
      spec: {
        policyTypes: ['Ingress', 'Egress'],
        egress: [
          {
            ports: [
              { protocol: 'UDP', port: 53 },
              { protocol: 'TCP', port: 53 },
            ],
          },
          { to: [{ podSelector: { matchLabels: { app: 'bar' } } }], ports: port },
        ],
      },
    });
    expect(only(manifests, 'NetworkPolicy', 'kitchen')).not.toHaveProperty('spec.ingress.0');
    expect(only(manifests, 'NetworkPolicy', 'bar')).toHaveProperty('spec.ingress', [
      { from: [{ podSelector: { matchLabels: { app: 'kitchen' } } }], ports: port },
    ]);
  });

  test('tells a run without a cluster the same, at its own addresses', () => {
    const { kitchen } = newEdge();
    expect(kitchen.environmentAt(() => ({ host: '127.0.0.1', port: 40_001 }))).toMatchObject({
      PORT: '5002',
      BAR_URL: 'http://127.0.0.1:40001',
      BAR_TIMEOUT_MS: '2000',
    });
  });

  test('opens the named port that it asks for, and tells its number', () => {
    const { chart, configuration } = newChart();
    const asker = declareService({ name: 'asker', port: 5003, reads: { BAR_ADMIN: calls('host:port') } });
    const kitchen = new ProbedService(chart, asker, { image: 'asker:1', configuration });
    const callee = new ProbedService(
      chart,
      declareService({ name: 'bar', port: 5001, ports: { admin: 9001 } }),
      { image: 'bar:1', configuration, expose: { port: 80, type: 'ClusterIP' } },
    );
    kitchen.calls(callee, { env: 'BAR_ADMIN', port: 'admin' });
    const manifests = synthesized(chart);
    expect(only(manifests, 'ConfigMap', 'config')).toHaveProperty('data', { BAR_ADMIN: 'bar:9001' });
    const ports = [{ protocol: 'TCP', port: 9001 }];
    expect(only(manifests, 'NetworkPolicy', 'asker')).toHaveProperty('spec.egress.1.ports', ports);
    expect(only(manifests, 'NetworkPolicy', 'bar')).toHaveProperty('spec.ingress', [
      { from: [{ podSelector: { matchLabels: { app: 'asker' } } }], ports },
    ]);
    expect(() => {
      kitchen.calls(callee, { env: 'BAR_ADMIN', port: 'metrics' });
    }).toThrow('BAR_ADMIN is filled by a call to bar already');
    expect(() => callee.containerPort('metrics')).toThrow(
      'counter/bar: there is no port "metrics"; its declaration has: http, admin.',
    );
  });

  test('refuses a second meaning of one variable', () => {
    const { chart, configuration, kitchen } = newEdge();
    const other = new ProbedService(chart, plain('other', 5003), { configuration, image: 'other:1' });
    expect(() => {
      kitchen.calls(other, { env: 'BAR_URL', timeout: Duration.seconds(2) });
    }).toThrow('counter/kitchen: BAR_URL is filled by a call to bar already, and one to other was added.');
  });

  test('crosses namespaces: by the full name, and with the namespace in both policies', () => {
    const app = Testing.app();
    const [here, there] = [newChart('here', app), newChart('there', app)];
    const kitchen = new ProbedService(here.chart, caller, { ...here, image: 'kitchen:1' });
    const callee = new ProbedService(there.chart, plain('bar'), { ...there, image: 'bar:1' });
    kitchen.calls(callee, { env: 'BAR_URL', timeout: Duration.seconds(2) });
    const manifests = synthesized(here.chart);
    expect(only(manifests, 'ConfigMap', 'config')).toHaveProperty('data', {
      BAR_URL: 'http://bar.there:5001',
    });
    expect(only(manifests, 'NetworkPolicy', 'kitchen')).toHaveProperty('spec.egress.1.to.0', {
      podSelector: { matchLabels: { app: 'bar' } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'there' } },
    });
    expect(only(synthesized(there.chart), 'NetworkPolicy', 'bar')).toHaveProperty('spec.ingress.0.from.0', {
      podSelector: { matchLabels: { app: 'kitchen' } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'here' } },
    });
  });

  test('reads a configuration of its own namespace only', () => {
    const app = Testing.app();
    const [here, there] = [newChart('here', app), newChart('there', app)];
    expect(
      () =>
        new ProbedService(here.chart, plain('bar'), { image: 'bar:1', configuration: there.configuration }),
    ).toThrow('here/bar: its configuration config is in the namespace there, and a pod reads only');
  });
});

describe('an edge to the store', () => {
  const newStore = (
    options: { credentials?: 'existing'; maxConnections?: number; release?: string; password?: string } = {},
  ) => {
    const { chart, configuration } = newChart();
    const service = new ProbedService(chart, withStore('bar'), { image: 'bar:1', configuration });
    const bystander = new ProbedService(
      chart,
      declareService({
        name: 'bystander',
        port: 5002,
        reads: { BAR_URL: calls(), BAR_TIMEOUT_MS: timeoutOf('BAR_URL', 1000) },
      }),
      { image: 'bystander:1', configuration },
    );
    bystander.calls(service, { env: 'BAR_URL', timeout: Duration.seconds(2) });
    const store = new PostgresStack(chart, 'postgres', {
      ...COUNTER,
      release: options.release ?? COUNTER.release,
      credentials: options.credentials
        ? { existingSecret: 'secrets' }
        : { developmentPassword: options.password ?? 'open' },
      ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
    });
    service.connects(store);
    return { chart, service, store };
  };
  const annotations = (chart: Chart, name: string) =>
    podTemplateOf(only(synthesized(chart), 'Deployment', name)).metadata.annotations;

  test('puts a gate with the same address in front, and the password comes from the Secret', () => {
    const deployment = only(synthesized(newStore().chart), 'Deployment', 'bar');
    const shared = ['DB_HOST', 'DB_PORT', 'DB_NAME', 'DB_USER'].map((name) => ({
      name,
      valueFrom: { configMapKeyRef: { name: 'config', key: name } },
    }));
    const password = {
      name: 'DB_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'secrets', key: 'DB_PASSWORD' } },
    };
    expect(deployment).toHaveProperty('spec.template.spec.initContainers.0.env', [
      ...shared,
      password,
      { name: 'GATE_TIMEOUT_SECONDS', value: '300' },
    ]);
    expect(deployment).toHaveProperty(
      'spec.template.spec.containers.0.env',
      expect.arrayContaining([
        ...shared,
        password,
        { name: 'DB_POOL_MAX', value: '8' },
        { name: 'DB_QUERY_TIMEOUT_MS', value: '1500' },
      ]),
    );
  });

  test('rolls exactly the pods that use a changed value', () => {
    const before = newStore().chart;
    const otherHost = newStore({ release: 'other-postgresql' }).chart;
    const otherPassword = newStore({ password: 'changed' }).chart;
    expect(annotations(otherHost, 'bystander')).toEqual(annotations(before, 'bystander'));
    expect(annotations(otherHost, 'bar')['checksum/config']).not.toBe(
      annotations(before, 'bar')['checksum/config'],
    );
    expect(annotations(otherHost, 'bar')['checksum/secrets']).toBe(
      annotations(before, 'bar')['checksum/secrets'],
    );
    expect(annotations(otherPassword, 'bystander')).toEqual(annotations(before, 'bystander'));
    expect(annotations(otherPassword, 'bar')['checksum/secrets']).not.toBe(
      annotations(before, 'bar')['checksum/secrets'],
    );
  });

  test('keeps the password out of the manifests where a Secret exists', () => {
    const { chart, service } = newStore({ credentials: 'existing' });
    expect(synthesized(chart).map(({ kind }) => kind)).not.toContain('Secret');
    expect(only(synthesized(chart), 'Deployment', 'bar')).toHaveProperty(
      'spec.template.spec.containers.0.env',
      expect.arrayContaining([
        { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'secrets', key: 'DB_PASSWORD' } } },
      ]),
    );
    expect(() => service.environmentAt(() => ({ host: '127.0.0.1', port: 1 }))).toThrow(
      'choose one with a development password',
    );
  });

  test('refuses more connections than the store has', () => {
    expect(() => synthesized(newStore({ maxConnections: 30 }).chart)).toThrow(
      '30 connections are needed, 19 are there: bar (2 + 1 pods) × (8 + 2) = 30',
    );
  });

  test('is one of several: each has variables, a password and an entry of its own', () => {
    const { chart, configuration } = newChart();
    const stack = (name: string) =>
      new PostgresStack(chart, name, {
        database: name,
        owner: name,
        storage: Size.gibibytes(1),
        release: `${name}-postgresql`,
        folder: name,
        credentials: { developmentPassword: name },
      });
    const two = declareService({
      name: 'two',
      port: 5003,
      stores: { DB: postgres({}), ARCHIVE: postgres({}) },
      image: { programs: { server: './main.ts', 'wait-for-postgres': './wait-for-postgres.ts' } },
    });
    const bar = new ProbedService(chart, withStore('bar'), { image: 'bar:1', configuration });
    const service = new ProbedService(chart, two, { image: 'two:1', configuration });
    bar.connects(stack('orders'));
    const points = stack('points');
    service.connects(points, { as: 'DB' });
    service.connects(stack('archive'), { as: 'ARCHIVE' });
    const manifests = synthesized(chart);
    expect(only(manifests, 'ConfigMap', 'config')['data']).toMatchObject({
      DB_HOST: 'orders-postgresql',
      'two.DB_HOST': 'points-postgresql',
      ARCHIVE_HOST: 'archive-postgresql',
    });
    const [container] = podTemplateOf(only(manifests, 'Deployment', 'two')).spec.containers;
    const from = (name: string, key: string): unknown => ({
      name,
      valueFrom: { configMapKeyRef: { name: 'config', key } },
    });
    expect(container?.['env']).toEqual(
      expect.arrayContaining([
        from('DB_HOST', 'two.DB_HOST'),
        from('ARCHIVE_HOST', 'ARCHIVE_HOST'),
        {
          name: 'DB_PASSWORD',
          valueFrom: { secretKeyRef: { name: 'secrets', key: 'two.DB_PASSWORD' } },
        },
      ]),
    );
    expect(() => {
      service.connects(points);
    }).toThrow(
      'counter/two: connects(points-postgresql, { as: ? }) names none of the stores of two: DB, ARCHIVE.',
    );
    expect(() => {
      service.connects(points, { as: 'DB' });
    }).toThrow('counter/two: the store DB is connected already');
  });
});
