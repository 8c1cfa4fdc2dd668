import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';
import type * as apps from 'kubernetes-types/apps/v1.js';
import type * as autoscaling from 'kubernetes-types/autoscaling/v2.js';
import type * as batch from 'kubernetes-types/batch/v1.js';
import type * as core from 'kubernetes-types/core/v1.js';
import type * as meta from 'kubernetes-types/meta/v1.js';
import type * as networking from 'kubernetes-types/networking/v1.js';
import type * as policy from 'kubernetes-types/policy/v1.js';

/**
 * The kinds of Kubernetes object that the constructs write: cdk8s' `ApiObject` with the fields of the Kubernetes API, as
 * `kubernetes-types` lists them. Why not the generated classes of cdk8s-plus: docs/decisions/l1-constructs.md.
 */

/** A shape of the Kubernetes API that nobody changes once it is written. */
type Immutable<Shape> = Shape extends object
  ? { readonly [Field in keyof Shape]: Immutable<Shape[Field]> }
  : Shape;

/**
 * What is written in an object of a kind. `apiVersion` and `kind` are the class's, `status` is the cluster's, and an
 * object without its `spec` says nothing.
 */
export type KubeProps<Shape> = Immutable<
  Omit<Shape, 'apiVersion' | 'kind' | 'metadata' | 'spec' | 'status'>
> & {
  readonly metadata?: ApiObjectMetadata;
} & (Shape extends { spec?: infer Spec } ? { readonly spec: Immutable<NonNullable<Spec>> } : unknown);

/** The class of one kind. */
export type Kube<Shape> = new (scope: Construct, id: string, props: KubeProps<Shape>) => ApiObject;

/** The class of a kind, as the API server knows it. */
export function kube<Shape extends { apiVersion?: string; kind?: string }>(
  apiVersion: NonNullable<Shape['apiVersion']>,
  kind: NonNullable<Shape['kind']>,
): Kube<Shape> {
  return class extends ApiObject {
    constructor(scope: Construct, id: string, props: KubeProps<Shape>) {
      super(scope, id, { ...props, apiVersion, kind });
    }
  };
}

export const KubeConfigMap = kube<core.ConfigMap>('v1', 'ConfigMap');
export const KubeCronJob = kube<batch.CronJob>('batch/v1', 'CronJob');
export const KubeDeployment = kube<apps.Deployment>('apps/v1', 'Deployment');
export const KubeHorizontalPodAutoscaler = kube<autoscaling.HorizontalPodAutoscaler>(
  'autoscaling/v2',
  'HorizontalPodAutoscaler',
);
export const KubeJob = kube<batch.Job>('batch/v1', 'Job');
export const KubeNetworkPolicy = kube<networking.NetworkPolicy>('networking.k8s.io/v1', 'NetworkPolicy');
export const KubePersistentVolumeClaim = kube<core.PersistentVolumeClaim>('v1', 'PersistentVolumeClaim');
export const KubePodDisruptionBudget = kube<policy.PodDisruptionBudget>('policy/v1', 'PodDisruptionBudget');
export const KubeSecret = kube<core.Secret>('v1', 'Secret');
export const KubeService = kube<core.Service>('v1', 'Service');
export const KubeServiceAccount = kube<core.ServiceAccount>('v1', 'ServiceAccount');

/** Its chart gives each of its objects a namespace, and this one must have none: take it away by a JSON patch. */
export const KubeNamespace = kube<Omit<core.Namespace, 'spec'>>('v1', 'Namespace');

export type Affinity = Immutable<core.Affinity>;
export type Container = Immutable<core.Container>;
export type ContainerPort = Immutable<core.ContainerPort>;
export type CronJobSpec = Immutable<batch.CronJobSpec>;
export type EnvVar = Immutable<core.EnvVar>;
export type HorizontalPodAutoscalerSpec = Immutable<autoscaling.HorizontalPodAutoscalerSpec>;
export type LabelSelector = Immutable<meta.LabelSelector>;
export type HTTPHeader = Immutable<core.HTTPHeader>;
export type JobSpec = Immutable<batch.JobSpec>;
export type LocalObjectReference = Immutable<core.LocalObjectReference>;
export type NetworkPolicyEgressRule = Immutable<networking.NetworkPolicyEgressRule>;
export type NetworkPolicyIngressRule = Immutable<networking.NetworkPolicyIngressRule>;
export type NetworkPolicyPeer = Immutable<networking.NetworkPolicyPeer>;
export type NetworkPolicyPort = Immutable<networking.NetworkPolicyPort>;
export type PersistentVolumeClaimSpec = Immutable<core.PersistentVolumeClaimSpec>;
export type PodSecurityContext = Immutable<core.PodSecurityContext>;
export type PodSpec = Immutable<core.PodSpec>;
export type Probe = Immutable<core.Probe>;
export type ResourceRequirements = Immutable<core.ResourceRequirements>;
export type SecurityContext = Immutable<core.SecurityContext>;
export type ServicePort = Immutable<core.ServicePort>;
export type Toleration = Immutable<core.Toleration>;
export type TopologySpreadConstraint = Immutable<core.TopologySpreadConstraint>;
export type Volume = Immutable<core.Volume>;
export type VolumeMount = Immutable<core.VolumeMount>;
