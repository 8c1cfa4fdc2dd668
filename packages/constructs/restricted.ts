import type * as k8s from './k8s.js';

/**
 * The user of the images, see services/Dockerfile: numeric, so that the kubelet can prove `runAsNonRoot`, and at least
 * 10000, so that it is no user of the node (kube-score: container-security-context-user-group-id).
 */
const SERVICE_USER = 10_001;

/** What the Pod Security Standard "restricted" asks of a pod. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const RESTRICTED_POD: k8s.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: SERVICE_USER,
  runAsGroup: SERVICE_USER,
  fsGroup: SERVICE_USER,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** What "restricted" asks of each container, and a root file system that nobody can write to. */
export const RESTRICTED_CONTAINER: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
