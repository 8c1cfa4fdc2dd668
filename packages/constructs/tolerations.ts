import type * as k8s from './k8s.js';

/** What Kubernetes marks a node with that it cannot reach, or whose kubelet says that it is not ready. */
const LOST_NODE = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;

/**
 * How long a pod may stay on a node that is lost before another one is made elsewhere.
 *
 * Why not leave it out: then Kubernetes adds these two with 300 s, and for five minutes one pod of two carries
 * everything (https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions).
 * Measured in docs/decisions/services-on-a-lost-node.md.
 */
export function tolerateLostNode(seconds: number): k8s.Toleration[] {
  return LOST_NODE.map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: seconds,
  }));
}
