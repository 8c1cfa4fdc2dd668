import { findingText } from '@cafe-lumiere/checks';
import { declareForeignService, declareService, secret, text } from '@cafe-lumiere/contract';
import { describe, expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { App } from './app.js';
import { Configuration } from './configuration.js';
import { KubeConfigMap } from './k8s.js';
import type { PodProps } from './pod-props.js';
import { ProbedService } from './probed-service.js';
import { only, podTemplateOf, synthesized } from './synthesized.js';

const till = declareService({
  name: 'till',
  port: 8080,
  ports: { admin: 9000 },
  image: { programs: { server: './main.ts', report: './report.ts' } },
});

function shop(props: PodProps & { scrapedFrom?: { namespace: string; port?: string } }) {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  new KubeConfigMap(chart, 'themes', { metadata: { name: 'themes' }, data: { 'dark.css': '*{}' } });
  const configuration = new Configuration(chart, 'configuration', { configMap: 'config', secret: 'secrets' });
  const service = new ProbedService(chart, till, { image: 'shop/till:1.0.0', configuration, ...props });
  return { app, chart, service };
}

// Required: a new prop must be added here, and to what is expected of it.
const every: Required<PodProps> = {
  command: ['node', 'report.js'],
  args: ['--all'],
  resources: {
    cpu: { request: '1', limit: '2' },
    memory: { request: '1Gi', limit: '2Gi' },
    ephemeralStorage: { request: '64Mi', limit: '1Gi' },
  },
  securityContext: { runAsUser: 101 },
  volumes: {
    cache: { emptyDir: { sizeLimit: Size.mebibytes(256) }, mountPath: '/var/cache' },
    shared: {
      emptyDir: { sizeLimit: Size.mebibytes(8), medium: 'Memory' },
      mountPath: '/shared',
      readOnly: true,
    },
    themes: { configMap: 'themes', files: { 'dark.css': 'theme.css' }, mountPath: '/themes' },
    keys: { secret: 'till-keys', mountPath: '/keys' },
    receipts: { claim: 'receipts', mountPath: '/receipts' },
    uploads: { claim: 'uploads', mountPath: '/uploads', readOnly: false },
    proxy: { configMap: 'proxy' },
  },
  tmp: Size.mebibytes(64),
  initContainers: {
    fetch: { image: 'shop/fetch:2', command: ['fetch', '/shared'], mounts: { shared: '/out' } },
  },
  sidecars: {
    proxy: {
      image: 'shop/proxy:3',
      args: ['--config', '/etc/proxy/config'],
      env: {
        LEVEL: 'info',
        WORKERS: 2,
        ZONE: { configMap: 'zones', key: 'zone' },
        TOKEN: { secret: 'proxy', key: 'token' },
      },
      ports: { metrics: 9100 },
      resources: {
        cpu: { request: '10m', limit: '100m' },
        memory: { request: '16Mi', limit: '32Mi' },
        ephemeralStorage: { request: '1Mi', limit: '16Mi' },
      },
      mounts: { proxy: '/etc/proxy' },
    },
  },
  nodeSelector: { 'kubernetes.io/arch': 'arm64' },
  priorityClass: 'serving',
  tolerations: [{ key: 'dedicated', value: 'shop', effect: 'NoSchedule' }, { key: 'spot' }],
  imagePullSecrets: ['registry'],
  metadata: { labels: { team: 'till' }, annotations: { 'example.com/runbook': 'https://example.com/till' } },
  podMetadata: { labels: { 'sidecar.istio.io/inject': 'false' }, annotations: { 'example.com/log': 'json' } },
};

test('every prop of a pod is written, and the checks find nothing', () => {
  const { app, chart } = shop({ ...every, scrapedFrom: { namespace: 'monitoring', port: 'metrics' } });
  expect(app.proven().findings.map(findingText)).toEqual([]);
  const manifests = synthesized(chart);
  const deployment = only(manifests, 'Deployment', 'till');
  const restricted = {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  };
  expect(deployment).toHaveProperty('spec.template.spec', {
    ...podTemplateOf(deployment).spec,
    nodeSelector: { 'kubernetes.io/arch': 'arm64' },
    priorityClassName: 'serving',
    imagePullSecrets: [{ name: 'registry' }],
    tolerations: [
      expect.objectContaining({ key: 'node.kubernetes.io/not-ready' }),
      expect.objectContaining({ key: 'node.kubernetes.io/unreachable' }),
      { key: 'dedicated', operator: 'Equal', value: 'shop', effect: 'NoSchedule' },
      { key: 'spot', operator: 'Exists' },
    ],
    volumes: [
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      { name: 'cache', emptyDir: { sizeLimit: '256Mi' } },
      { name: 'shared', emptyDir: { sizeLimit: '8Mi', medium: 'Memory' } },
      { name: 'themes', configMap: { name: 'themes', items: [{ key: 'dark.css', path: 'theme.css' }] } },
      { name: 'keys', secret: { secretName: 'till-keys' } },
      { name: 'receipts', persistentVolumeClaim: { claimName: 'receipts' } },
      { name: 'uploads', persistentVolumeClaim: { claimName: 'uploads' } },
      { name: 'proxy', configMap: { name: 'proxy' } },
    ],
    containers: [
      expect.objectContaining({
        name: 'till',
        command: ['node', 'report.js'],
        args: ['--all'],
        securityContext: { ...restricted, runAsUser: 101 },
        resources: {
          requests: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '64Mi' },
          limits: { cpu: '2', memory: '2Gi', 'ephemeral-storage': '1Gi' },
        },
        volumeMounts: [
          { name: 'tmp', mountPath: '/tmp' },
          { name: 'cache', mountPath: '/var/cache' },
          { name: 'shared', mountPath: '/shared', readOnly: true },
          { name: 'themes', mountPath: '/themes', readOnly: true },
          { name: 'keys', mountPath: '/keys', readOnly: true },
          { name: 'receipts', mountPath: '/receipts', readOnly: true },
          { name: 'uploads', mountPath: '/uploads' },
        ],
      }),
    ],
    initContainers: [
      {
        name: 'proxy',
        image: 'shop/proxy:3',
        imagePullPolicy: 'IfNotPresent',
        restartPolicy: 'Always',
        args: ['--config', '/etc/proxy/config'],
        ports: [{ name: 'metrics', containerPort: 9100, protocol: 'TCP' }],
        env: [
          { name: 'LEVEL', value: 'info' },
          { name: 'WORKERS', value: '2' },
          { name: 'ZONE', valueFrom: { configMapKeyRef: { name: 'zones', key: 'zone' } } },
          { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'proxy', key: 'token' } } },
        ],
        resources: {
          requests: { cpu: '10m', memory: '16Mi', 'ephemeral-storage': '1Mi' },
          limits: { cpu: '100m', memory: '32Mi', 'ephemeral-storage': '16Mi' },
        },
        securityContext: restricted,
        terminationMessagePolicy: 'FallbackToLogsOnError',
        volumeMounts: [{ name: 'proxy', mountPath: '/etc/proxy', readOnly: true }],
      },
      expect.objectContaining({
        name: 'fetch',
        image: 'shop/fetch:2',
        command: ['fetch', '/shared'],
        securityContext: restricted,
      }),
    ],
  });
  expect(deployment).toHaveProperty('spec.selector', { matchLabels: { app: 'till' } });
  expect(deployment).toHaveProperty('spec.template.metadata', {
    labels: { app: 'till', 'app.kubernetes.io/name': 'till', 'sidecar.istio.io/inject': 'false' },
    annotations: { 'example.com/log': 'json' },
  });
  const own = manifests.filter(({ metadata }) => metadata.name === 'till');
  expect(own).toHaveLength(5);
  for (const { metadata } of own) {
    expect(metadata).toMatchObject(every.metadata);
  }
  expect(only(manifests, 'NetworkPolicy', 'till')).toHaveProperty('spec.ingress.0.ports.0.port', 9100);
});

test('what the pods need of the cluster is told to the checks, which prove the rest', () => {
  const { app, chart } = shop(every);
  const external = only(synthesized(chart), 'Deployment', 'till').metadata['annotations'];
  expect(external).toMatchObject({
    'cafe-check/external':
      'ConfigMap/zones, Secret/proxy, ConfigMap/themes, Secret/till-keys, PersistentVolumeClaim/receipts, PersistentVolumeClaim/uploads, ConfigMap/proxy, Secret/registry, PriorityClass/serving',
  });
  expect(app.proven().findings).toEqual([]);
  const files = { 'dark.ccs': 'theme.css' };
  const misspelt = shop({ volumes: { themes: { configMap: 'themes', files, mountPath: '/themes' } } });
  expect(misspelt.app.proven().findings).toEqual([expect.objectContaining({ id: 'CAFE022' })]);
});

test('variables from a ConfigMap or Secret that is in the cluster are no finding', () => {
  const app = new App();
  const chart = new Chart(app, 'shop', { namespace: 'shop' });
  const reader = declareForeignService({
    name: 'reader',
    port: 8080,
    probes: { readiness: { http: '/ready' }, liveness: { http: '/alive' } },
    reads: { KEY: secret(), ZONE: text() },
  });
  new ProbedService(chart, reader, {
    image: 'shop/reader:1',
    configuration: new Configuration(chart, 'configuration', { configMap: 'config', secret: 'secrets' }),
    secrets: { KEY: { secret: 'keys' } },
    values: { ZONE: { configMap: 'zones', key: 'zone' } },
  });
  expect(app.proven().findings.map(findingText)).toEqual([]);
});

test('what is not restricted does not synthesize, in a sidecar neither', () => {
  const open = { proxy: { image: 'shop/proxy:3', securityContext: { privileged: true } } };
  expect(shop({ sidecars: open }).app.proven().findings).toEqual([
    expect.objectContaining({ id: 'CAFE081', field: expect.stringContaining('proxy') }),
  ]);
});

describe('refuses', () => {
  const sidecar = { image: 'shop/proxy:3' };
  test.each<[string, PodProps, string]>([
    [
      'a program that the image does not have',
      { command: ['node', 'reports.js'] },
      'shop/till: command runs reports.js, and the image of till has: server, report.',
    ],
    [
      'resources of which more are requested than allowed',
      { resources: { ...every.resources, cpu: { request: '2', limit: '1500m' } } },
      'shop/till: resources.cpu requests 2 and is limited to 1500m; make the limit 2 or more.',
    ],
    [
      'a quantity that is none',
      { resources: { ...every.resources, memory: { request: '96MB', limit: '1Gi' } } },
      'shop/till: resources.memory.request is "96MB"; it is a quantity of Kubernetes, such as 128Mi.',
    ],
    [
      'a volume that nobody has',
      { volumes: { cache: { emptyDir: { sizeLimit: Size.mebibytes(1) } } } },
      'shop/till: no container has the volume "cache". Give it a mountPath',
    ],
    [
      'a mount of no volume',
      {
        volumes: { keys: { secret: 'k', mountPath: '/k' } },
        sidecars: { proxy: { ...sidecar, mounts: { key: '/k' } } },
      },
      'shop/till: proxy mounts "key", which is no volume of the pod; there are: keys.',
    ],
    [
      'a path that climbs',
      { volumes: { keys: { secret: 'keys', mountPath: '/keys/../etc' } } },
      'shop/till: till has the volume "keys" at "/keys/../etc"; it is an absolute path below "/"',
    ],
    [
      'two volumes at one path',
      { tmp: Size.mebibytes(1), volumes: { keys: { secret: 'keys', mountPath: '/tmp' } } },
      'shop/till: till has both "tmp" and "keys" at /tmp.',
    ],
    [
      'two volumes called tmp',
      { tmp: Size.mebibytes(1), volumes: { tmp: { secret: 'keys', mountPath: '/keys' } } },
      'shop/till: tmp is a volume of that name, and volumes has one, too.',
    ],
    [
      'room that the pod would not live to fill',
      { tmp: Size.mebibytes(128) },
      "shop/till: the volumes tmp 128Mi do not fit the containers' ephemeralStorage limit 128Mi",
    ],
    [
      'memory that the container does not have',
      {
        volumes: { ram: { emptyDir: { sizeLimit: Size.gibibytes(1), medium: 'Memory' }, mountPath: '/ram' } },
      },
      "shop/till: the volumes ram 1Gi do not fit the containers' memory limit 256Mi",
    ],
    [
      'two containers of one name',
      { sidecars: { proxy: sidecar }, initContainers: { proxy: sidecar } },
      'shop/till: two containers of a pod are called "proxy".',
    ],
    [
      'a sidecar like the gate',
      { sidecars: { 'wait-for-postgres': sidecar } },
      'are called "wait-for-postgres"',
    ],
    [
      'a sidecar without a version',
      { sidecars: { proxy: { image: 'shop/proxy' } } },
      'shop/till/proxy: the image "shop/proxy" has no fixed version.',
    ],
    [
      'a port twice in a pod',
      { sidecars: { proxy: { ...sidecar, ports: { metrics: 9000 } } } },
      'shop/till: proxy.ports.metrics is 9000, and another container of the pod has that port.',
    ],
    [
      'a toleration that another prop sets',
      { tolerations: [{ key: 'node.kubernetes.io/not-ready' }] },
      'shop/till: tolerations has node.kubernetes.io/not-ready, which lostNodeSeconds sets.',
    ],
    [
      'the label that selects',
      { podMetadata: { labels: { app: 'other' } } },
      'shop/till: podMetadata.labels sets app, which the construct sets itself. Take it out, or use a key with a prefix of your own, such as example.com/app.',
    ],
    [
      'an annotation of the checks that is no waiver',
      { metadata: { annotations: { 'cafe-check/external': 'Secret/keys' } } },
      'shop/till: metadata.annotations sets cafe-check/external, which the construct sets itself.',
    ],
    [
      'a label that Kubernetes refuses',
      { podMetadata: { labels: { note: 'two words' } } },
      'shop/till: podMetadata.labels.note is "two words"; a label\'s value is',
    ],
  ])('%s', (_what, props, message) => {
    expect(() => shop(props)).toThrow(message);
  });

  test('but not a waiver', () => {
    const open = { proxy: { image: 'shop/proxy:3', securityContext: { privileged: true } } };
    const annotations = { 'cafe-check/waive.CAFE081': 'the proxy sets up the network of the pod' };
    expect(shop({ sidecars: open, metadata: { annotations } }).app.proven().findings).toEqual([]);
  });
});
