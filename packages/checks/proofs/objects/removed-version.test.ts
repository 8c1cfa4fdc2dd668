import { expect, test } from '@jest/globals';
import { check } from '../../check.js';
import { manifestsIn } from '../../testing/mutation.js';

const said = (apiVersion: string, kind: string): readonly string[] =>
  check(manifestsIn(`{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: x } }`))
    .findings.filter(({ id }) => id === 'CAFE108')
    .map(({ severity, expected }) => `${severity} ${expected.split(' and later')[0] ?? ''}`);

test.each([
  ['extensions/v1beta1', 'Deployment', 'apps/v1: Kubernetes 1.16'],
  ['extensions/v1beta1', 'DaemonSet', 'apps/v1: Kubernetes 1.16'],
  ['extensions/v1beta1', 'NetworkPolicy', 'networking.k8s.io/v1: Kubernetes 1.16'],
  ['extensions/v1beta1', 'Ingress', 'networking.k8s.io/v1: Kubernetes 1.22'],
  ['apps/v1beta1', 'StatefulSet', 'apps/v1: Kubernetes 1.16'],
  ['apps/v1beta2', 'ReplicaSet', 'apps/v1: Kubernetes 1.16'],
  ['networking.k8s.io/v1beta1', 'Ingress', 'networking.k8s.io/v1: Kubernetes 1.22'],
  ['networking.k8s.io/v1beta1', 'IngressClass', 'networking.k8s.io/v1: Kubernetes 1.22'],
  ['rbac.authorization.k8s.io/v1beta1', 'RoleBinding', 'rbac.authorization.k8s.io/v1: Kubernetes 1.22'],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', 'apiextensions.k8s.io/v1: Kubernetes 1.22'],
  [
    'admissionregistration.k8s.io/v1beta1',
    'MutatingWebhookConfiguration',
    'admissionregistration.k8s.io/v1: Kubernetes 1.22',
  ],
  ['storage.k8s.io/v1beta1', 'StorageClass', 'storage.k8s.io/v1: Kubernetes 1.22'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', 'scheduling.k8s.io/v1: Kubernetes 1.22'],
  ['batch/v1beta1', 'CronJob', 'batch/v1: Kubernetes 1.25'],
  ['policy/v1beta1', 'PodDisruptionBudget', 'policy/v1: Kubernetes 1.25'],
  ['policy/v1beta1', 'PodSecurityPolicy', 'no such object: Kubernetes 1.25'],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', 'autoscaling/v2: Kubernetes 1.25'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'autoscaling/v2: Kubernetes 1.26'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', 'flowcontrol.apiserver.k8s.io/v1: Kubernetes 1.32'],
])('%s %s is removed', (apiVersion, kind, words) => {
  expect(said(apiVersion, kind)).toEqual([`broken ${words}`]);
});

test.each([
  ['apps/v1', 'Deployment'],
  ['autoscaling/v1', 'HorizontalPodAutoscaler'],
  ['networking.k8s.io/v1beta1', 'ServiceCIDR'],
  ['networking.istio.io/v1beta1', 'VirtualService'],
  ['admissionregistration.k8s.io/v1beta1', 'MutatingAdmissionPolicy'],
  ['storage.k8s.io/v1beta1', 'VolumeAttributesClass'],
  ['policy/v1beta1', 'ClusterPolicy'],
])('%s %s is served, or somebody else’s', (apiVersion, kind) => {
  expect(said(apiVersion, kind)).toEqual([]);
});
