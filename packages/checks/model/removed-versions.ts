/** An API version of a kind that Kubernetes has stopped to serve. */
export interface RemovedVersion {
  /** The first release of Kubernetes that refuses it. */
  readonly since: string;
  /** The API version to write; nothing for a kind that is gone altogether. */
  readonly instead: string | undefined;
  /** What else changes in the object, or what takes its place. */
  readonly differences: string;
}

type Row = readonly [
  apiVersion: string,
  kinds: string,
  since: string,
  instead: string | undefined,
  differences?: string,
];

const SELECTOR = 'spec.selector is required: the labels of the template';
const INGRESS =
  'serviceName and servicePort become service.name and service.port.number or .name, spec.backend becomes spec.defaultBackend, and each path needs a pathType';
const METRICS = 'each metric has a target, as in target: {type: Utilization, averageUtilization: 80}';
const WEBHOOKS = 'each webhook needs sideEffects and admissionReviewVersions';
const DEFINITION = 'each of spec.versions needs a schema, and takes the columns and subresources of spec';
const ADMISSION = 'labels pod-security.kubernetes.io/enforce on namespaces do what it did';
const WEBHOOK_KINDS = 'MutatingWebhookConfiguration ValidatingWebhookConfiguration';
const REVIEWS = 'LocalSubjectAccessReview SelfSubjectAccessReview SubjectAccessReview';
const ROLES = 'ClusterRole ClusterRoleBinding Role RoleBinding';
const STORAGE = 'CSIDriver CSINode StorageClass VolumeAttachment';
const FLOW = 'FlowSchema PriorityLevelConfiguration';

/**
 * What no supported release of Kubernetes serves, of its own kinds: https://kubernetes.io/docs/reference/using-api/deprecation-guide.
 * A version may still be served for another kind of its group.
 */
// prettier-ignore
const ROWS: readonly Row[] = [
  ['extensions/v1beta1', 'DaemonSet Deployment ReplicaSet', '1.16', 'apps/v1', SELECTOR],
  ['extensions/v1beta1', 'NetworkPolicy', '1.16', 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'PodSecurityPolicy', '1.16', undefined, ADMISSION],
  ['apps/v1beta1', 'Deployment StatefulSet', '1.16', 'apps/v1', SELECTOR],
  ['apps/v1beta2', 'DaemonSet Deployment ReplicaSet StatefulSet', '1.16', 'apps/v1', SELECTOR],
  ['batch/v2alpha1', 'CronJob', '1.21', 'batch/v1'],
  ['extensions/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1', INGRESS],
  ['networking.k8s.io/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1', INGRESS],
  ['networking.k8s.io/v1beta1', 'IngressClass', '1.22', 'networking.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', WEBHOOK_KINDS, '1.22', 'admissionregistration.k8s.io/v1', WEBHOOKS],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', '1.22', 'apiextensions.k8s.io/v1', DEFINITION],
  ['apiregistration.k8s.io/v1beta1', 'APIService', '1.22', 'apiregistration.k8s.io/v1'],
  ['authentication.k8s.io/v1beta1', 'TokenReview', '1.22', 'authentication.k8s.io/v1'],
  ['authorization.k8s.io/v1beta1', REVIEWS, '1.22', 'authorization.k8s.io/v1', 'spec.group becomes spec.groups'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', '1.22', 'certificates.k8s.io/v1', 'spec.signerName and spec.usages are required'],
  ['coordination.k8s.io/v1beta1', 'Lease', '1.22', 'coordination.k8s.io/v1'],
  ['rbac.authorization.k8s.io/v1beta1', ROLES, '1.22', 'rbac.authorization.k8s.io/v1'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', '1.22', 'scheduling.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', STORAGE, '1.22', 'storage.k8s.io/v1'],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', '1.25', 'autoscaling/v2', METRICS],
  ['batch/v1beta1', 'CronJob', '1.25', 'batch/v1'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', '1.25', 'discovery.k8s.io/v1', 'topology becomes nodeName and zone'],
  ['events.k8s.io/v1beta1', 'Event', '1.25', 'events.k8s.io/v1'],
  ['node.k8s.io/v1beta1', 'RuntimeClass', '1.25', 'node.k8s.io/v1'],
  ['policy/v1beta1', 'PodDisruptionBudget', '1.25', 'policy/v1', 'a selector of {} picks every pod, and no longer none'],
  ['policy/v1beta1', 'PodSecurityPolicy', '1.25', undefined, ADMISSION],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.26', 'autoscaling/v2'],
  ['flowcontrol.apiserver.k8s.io/v1beta1', FLOW, '1.26', 'flowcontrol.apiserver.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', '1.27', 'storage.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta2', FLOW, '1.29', 'flowcontrol.apiserver.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', FLOW, '1.32', 'flowcontrol.apiserver.k8s.io/v1'],
];

const REMOVED = new Map(
  ROWS.flatMap(([apiVersion, kinds, since, instead, differences = '']) =>
    kinds.split(' ').map((kind) => [`${apiVersion} ${kind}`, { since, instead, differences }] as const),
  ),
);

/** What became of an API version of a kind; nothing when it is served, or when the kind is not of Kubernetes itself. */
export const removedVersion = (apiVersion: string, kind: string): RemovedVersion | undefined =>
  REMOVED.get(`${apiVersion} ${kind}`);

/** What took the place of what is removed, as charts ask for it: `policy/v1/PodDisruptionBudget`. */
export const servedInstead: readonly string[] = [
  ...new Set(
    [...REMOVED].flatMap(([key, { instead }]) =>
      instead === undefined ? [] : [`${instead}/${key.split(' ')[1] ?? ''}`],
    ),
  ),
];
