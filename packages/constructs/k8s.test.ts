import { describe, expect, test } from '@jest/globals';
import { type ApiObject, Chart, JsonPatch, Testing, Yaml } from 'cdk8s';
import { k8s as generated } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import * as k8s from './k8s.js';

const written = (declare: (scope: Construct) => ApiObject): string => {
  const chart = new Chart(Testing.app(), 'chart', { namespace: 'shop', labels: { team: 'till' } });
  declare(chart);
  return Yaml.stringify(...(Testing.synth(chart) as unknown[]));
};

const labels = { app: 'till' };
// Strings that a YAML reader could take for something else, and keys that are not in the alphabet's order.
const env = ['yes', '08:30', '1e3', 'two\nlines', ' left'].map((value, index) => ({
  value,
  name: `V${index}`,
}));

describe('a class writes the same bytes as the generated one of cdk8s-plus', () => {
  test('Deployment', () => {
    const template = <Port>(port: Port) => ({
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 30,
        containers: [
          { name: 'till', image: 'till:1', env, readinessProbe: { httpGet: { port, path: '/up' } } },
        ],
      },
    });
    const selector = { matchLabels: labels };
    const metadata = { name: 'till', annotations: { note: 'true' }, labels };
    expect(
      written(
        (scope) =>
          new k8s.KubeDeployment(scope, 'till', {
            spec: {
              template: template('http'),
              selector,
              strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: '50%' } },
            },
            metadata,
          }),
      ),
    ).toBe(
      written(
        (scope) =>
          new generated.KubeDeployment(scope, 'till', {
            metadata,
            spec: {
              template: template(generated.IntOrString.fromString('http')),
              selector,
              strategy: {
                rollingUpdate: {
                  maxUnavailable: generated.IntOrString.fromNumber(0),
                  maxSurge: generated.IntOrString.fromString('50%'),
                },
              },
            },
          }),
      ),
    );
  });

  const spec = { schedule: '@daily', jobTemplate: { spec: { template: { spec: { containers: [] } } } } };
  const metrics = { scaleTargetRef: { kind: 'Deployment', name: 'till' }, maxReplicas: 3 };
  test.each<[string, (scope: Construct) => ApiObject, (scope: Construct) => ApiObject]>([
    [
      'ConfigMap',
      (scope) => new k8s.KubeConfigMap(scope, 'it', { data: { b: '1', a: 'no' } }),
      (scope) => new generated.KubeConfigMap(scope, 'it', { data: { b: '1', a: 'no' } }),
    ],
    [
      'Secret',
      (scope) => new k8s.KubeSecret(scope, 'it', { type: 'Opaque', data: { b: 'MQ==' } }),
      (scope) => new generated.KubeSecret(scope, 'it', { type: 'Opaque', data: { b: 'MQ==' } }),
    ],
    [
      'CronJob',
      (scope) => new k8s.KubeCronJob(scope, 'it', { spec }),
      (scope) => new generated.KubeCronJob(scope, 'it', { spec }),
    ],
    [
      'Job',
      (scope) => new k8s.KubeJob(scope, 'it', spec.jobTemplate),
      (scope) => new generated.KubeJob(scope, 'it', spec.jobTemplate),
    ],
    [
      'HorizontalPodAutoscaler',
      (scope) => new k8s.KubeHorizontalPodAutoscaler(scope, 'it', { spec: metrics }),
      (scope) => new generated.KubeHorizontalPodAutoscalerV2(scope, 'it', { spec: metrics }),
    ],
    [
      'NetworkPolicy',
      (scope) => new k8s.KubeNetworkPolicy(scope, 'it', { spec: { podSelector: {} } }),
      (scope) => new generated.KubeNetworkPolicy(scope, 'it', { spec: { podSelector: {} } }),
    ],
    [
      'PodDisruptionBudget',
      (scope) => new k8s.KubePodDisruptionBudget(scope, 'it', { spec: { maxUnavailable: 1 } }),
      (scope) =>
        new generated.KubePodDisruptionBudget(scope, 'it', {
          spec: { maxUnavailable: generated.IntOrString.fromNumber(1) },
        }),
    ],
    [
      'PersistentVolumeClaim',
      (scope) =>
        new k8s.KubePersistentVolumeClaim(scope, 'it', {
          spec: { resources: { requests: { storage: '5Gi' } } },
        }),
      (scope) =>
        new generated.KubePersistentVolumeClaim(scope, 'it', {
          spec: { resources: { requests: { storage: generated.Quantity.fromString('5Gi') } } },
        }),
    ],
    [
      'Service',
      (scope) => new k8s.KubeService(scope, 'it', { spec: { ports: [{ port: 80, targetPort: 'http' }] } }),
      (scope) =>
        new generated.KubeService(scope, 'it', {
          spec: { ports: [{ port: 80, targetPort: generated.IntOrString.fromString('http') }] },
        }),
    ],
    [
      'ServiceAccount',
      (scope) => new k8s.KubeServiceAccount(scope, 'it', { automountServiceAccountToken: false }),
      (scope) => new generated.KubeServiceAccount(scope, 'it', { automountServiceAccountToken: false }),
    ],
    [
      'Namespace',
      (scope) => new k8s.KubeNamespace(scope, 'it', { metadata: { name: 'shop' } }),
      (scope) => new generated.KubeNamespace(scope, 'it', { metadata: { name: 'shop' } }),
    ],
  ])('%s', (_kind, ours, theirs) => {
    expect(ours(new Chart(Testing.app(), 'chart'))).toMatchObject({ kind: _kind });
    expect(written(ours)).toBe(written(theirs));
  });
});

test('a JSON patch lands, whatever its value is', () => {
  const patched = written((scope) => {
    const deployment = new k8s.KubeDeployment(scope, 'till', {
      spec: { selector: {}, template: { spec: { containers: [] } } },
    });
    deployment.addJsonPatch(
      JsonPatch.add('/spec/strategy', { rollingUpdate: { maxUnavailable: 0 } }),
      JsonPatch.add('/spec/aFieldOfTomorrow', '64Mi'),
    );
    return deployment;
  });
  expect(patched).toContain('maxUnavailable: 0');
  expect(patched).toContain('aFieldOfTomorrow: 64Mi');
});

test('what Kubernetes does not know, and an object without its spec, do not compile', () => {
  const refused = (scope: Construct): ApiObject[] => [
    // @ts-expect-error -- maxUnavailble
    new k8s.KubePodDisruptionBudget(scope, 'budget', { spec: { maxUnavailble: 1 } }),
    // @ts-expect-error -- no spec
    new k8s.KubeDeployment(scope, 'deployment', { metadata: { name: 'till' } }),
    // @ts-expect-error -- a port is a number or a name
    new k8s.KubeService(scope, 'service', { spec: { ports: [{ port: 80, targetPort: true }] } }),
  ];
  expect(refused).toHaveLength(1);
});
