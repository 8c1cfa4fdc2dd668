import { Chart, Duration, Size, Testing } from 'cdk8s';
import { describe, expect, test } from '@jest/globals';
import { Configuration } from './configuration.js';
import { PostgresStack } from './postgres-stack.js';
import { ProbedService } from './probed-service.js';
import type { ProbedServiceProps } from './probed-service-props.js';
import { only, podTemplateOf, synthesized } from './synthesized.js';

const newChart = () => {
  const chart = new Chart(Testing.app(), 'test', { namespace: 'counter' });
  return {
    chart,
    configuration: new Configuration(chart, 'configuration', { configMap: 'config', secret: 'secrets' }),
  };
};

const newService = (name: string, props: Partial<ProbedServiceProps> = {}) => {
  const { chart, configuration } = newChart();
  const service = new ProbedService(chart, name, { port: 5001, image: 'bar:1', configuration, ...props });
  return { chart, configuration, service };
};

describe('a probed service', () => {
  test('asks start, readiness and liveness on different paths of the named port', () => {
    const deployment = only(synthesized(newService('bar').chart), 'Deployment', 'bar');
    expect(deployment).toHaveProperty(
      'spec.template.spec.containers.0',
      expect.objectContaining({
        ports: [{ name: 'http', containerPort: 5001, protocol: 'TCP' }],
        startupProbe: {
          httpGet: { path: '/startupz', port: 'http' },
          periodSeconds: 1,
          failureThreshold: 300,
          timeoutSeconds: 3,
        },
        readinessProbe: {
          httpGet: { path: '/readyz', port: 'http', httpHeaders: [{ name: 'Prefer', value: 'wait=2' }] },
          periodSeconds: 2,
          failureThreshold: 2,
          timeoutSeconds: 3,
        },
        livenessProbe: {
          httpGet: { path: '/livez', port: 'http' },
          periodSeconds: 10,
          failureThreshold: 6,
          timeoutSeconds: 5,
        },
      }),
    );
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
      { name: 'DRAIN_SECONDS', value: '7' },
      { name: 'IN_FLIGHT_SECONDS', value: '20' },
    ]);
  });

  test('takes every prop', () => {
    // Required: a new prop must be added here, and to what is expected of it.
    const props: Required<Omit<ProbedServiceProps, 'configuration'>> = {
      port: 8080,
      image: 'registry.example/bar:2',
      expose: { port: 80, type: 'LoadBalancer' },
      replicas: 4,
      environment: { LOG_LEVEL: 'debug' },
      optionalSecrets: { DOOR_PASSWORD: 'door' },
      resources: {
        cpu: { request: '1', limit: '2' },
        memory: { request: '1Gi', limit: '2Gi' },
        ephemeralStorage: { request: '64Mi', limit: '512Mi' },
      },
      probes: {
        startup: { periodSeconds: 3, failureThreshold: 4, timeoutSeconds: 5 },
        readiness: { periodSeconds: 6, failureThreshold: 7, timeoutSeconds: 8 },
        liveness: { periodSeconds: 9, failureThreshold: 10, timeoutSeconds: 11 },
      },
      termination: { drainSeconds: 1, inFlightSeconds: 2 },
      minReadySeconds: 12,
      lostNodeSeconds: 60,
    };
    const manifests = synthesized(newService('bar', props).chart);
    expect(only(manifests, 'Deployment', 'bar')).toMatchObject({
      spec: {
        replicas: 4,
        minReadySeconds: 12,
        template: {
          spec: {
            terminationGracePeriodSeconds: 13,
            tolerations: [
              { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', tolerationSeconds: 60 },
              { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute', tolerationSeconds: 60 },
            ],
            containers: [
              {
                image: 'registry.example/bar:2',
                ports: [{ containerPort: 8080 }],
                env: [
                  { name: 'PORT', value: '8080' },
                  {},
                  {},
                  { name: 'LOG_LEVEL', value: 'debug' },
                  {
                    name: 'DOOR_PASSWORD',
                    valueFrom: { secretKeyRef: { name: 'door', key: 'DOOR_PASSWORD', optional: true } },
                  },
                ],
                resources: {
                  requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '64Mi' },
                  limits: { cpu: '2', memory: '2Gi', 'ephemeral-storage': '512Mi' },
                },
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
      spec: { type: 'LoadBalancer', ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
    expect(only(manifests, 'NetworkPolicy', 'bar')).toHaveProperty('spec.ingress', [
      { ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
  });

  test.each<[string, Partial<ProbedServiceProps>, string]>([
    ['Bad_Name', {}, 'test/Bad_Name: the name "Bad_Name" is not a DNS label'],
    ['bar', { port: 0 }, 'test/bar: port is 0; a TCP port is a whole number from 1 to 65535.'],
    ['bar', { expose: { port: 99_999, type: 'ClusterIP' } }, 'test/bar: expose.port is 99999'],
    [
      'bar',
      { termination: { drainSeconds: 1.5 } },
      'test/bar: termination.drainSeconds is 1.5; it is a whole number of seconds, 0 or more.',
    ],
    ['bar', { replicas: -1 }, 'test/bar: replicas is -1; it is a whole number of pods, 0 or more.'],
    ['bar', { lostNodeSeconds: 0.5 }, 'test/bar: lostNodeSeconds is 0.5; it is a whole number of seconds'],
    ['bar', { image: 'bar:latest' }, 'test/bar: the image "bar:latest" has no fixed version'],
    [
      'bar',
      { image: 'registry.example:5000/bar' },
      'test/bar: the image "registry.example:5000/bar" has no fixed version',
    ],
    ['bar', { environment: { PORT: '1' } }, 'test/bar: environment.PORT is set by the service itself'],
  ])('refuses %s with %j', (name, props, message) => {
    expect(() => newService(name, props)).toThrow(message);
  });
});

describe('an edge between services', () => {
  const newEdge = () => {
    const { chart, configuration, service: caller } = newService('kitchen', { port: 5002 });
    const callee = new ProbedService(chart, 'bar', {
      port: 5001,
      expose: { port: 80, type: 'ClusterIP' },
      image: 'bar:1',
      configuration,
    });
    caller.calls(callee, { env: 'BAR_URL', timeout: Duration.seconds(2) });
    return { chart, caller, callee };
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
    const { caller } = newEdge();
    expect(caller.environmentAt(() => ({ host: '127.0.0.1', port: 40_001 }))).toMatchObject({
      PORT: '5002',
      BAR_URL: 'http://127.0.0.1:40001',
      BAR_TIMEOUT_MS: '2000',
    });
  });

  test('refuses a second meaning of one variable', () => {
    const { chart, caller } = newEdge();
    const other = new ProbedService(chart, 'other', { ...newChart(), port: 5003, image: 'other:1' });
    expect(() => {
      caller.calls(other, { env: 'BAR_URL', timeout: Duration.seconds(2) });
    }).toThrow(
      'ConfigMap config already holds BAR_URL=http://bar:80, and BAR_URL=http://other:5003 was added.',
    );
  });
});

describe('an edge to the store', () => {
  const newStore = (
    options: { credentials?: 'existing'; maxConnections?: number; release?: string; password?: string } = {},
  ) => {
    const { chart, configuration, service } = newService('bar');
    const bystander = new ProbedService(chart, 'bystander', {
      port: 5002,
      image: 'bystander:1',
      configuration,
    });
    bystander.calls(service, { env: 'BAR_URL', timeout: Duration.seconds(2) });
    const store = new PostgresStack(chart, 'postgres', {
      database: 'counter',
      owner: 'guest',
      storage: Size.gibibytes(1),
      release: options.release ?? 'counter-postgresql',
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
      'choose the environment "local"',
    );
  });

  test('refuses more connections than the store has', () => {
    expect(() => synthesized(newStore({ maxConnections: 30 }).chart)).toThrow(
      '30 connections are needed, 19 are there: bar (2 + 1 pods) × (8 + 2) = 30',
    );
  });
});
