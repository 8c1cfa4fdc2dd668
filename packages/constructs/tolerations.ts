import type * as k8s from './k8s.js';

/** A taint of nodes that pods may run on in spite of it. */
export interface Toleration {
  /** The taint's key, such as `dedicated`. */
  readonly key: string;
  /** @default - any */
  readonly value?: string;
  /** @default - any */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

/** What Kubernetes marks a node with that it cannot reach. */
const UNREACHABLE_NODE = 'node.kubernetes.io/unreachable';
/** The same, and a node whose kubelet says that it is not ready. */
const LOST_NODE = ['node.kubernetes.io/not-ready', UNREACHABLE_NODE] as const;

/**
 * How long a pod may stay on a node that is lost before another one is made elsewhere.
 *
 * Why not leave it out: then Kubernetes adds these two with 300 s, and for five minutes one pod of two carries
 * everything (https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions).
 * Measured in docs/decisions/services-on-a-lost-node.md.
 */
export function tolerateLostNode(seconds: number): k8s.Toleration[] {
  return LOST_NODE.map((key) => stay(key, seconds));
}

/** The same for a node that cannot be reached only: one that is not ready may have pods that answer. */
export const tolerateUnreachableNode = (seconds: number): k8s.Toleration => stay(UNREACHABLE_NODE, seconds);

const stay = (key: string, seconds: number): k8s.Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: seconds,
});

/** A toleration as it is written. */
export const toToleration = ({ key, value, effect }: Toleration): k8s.Toleration => ({
  key,
  ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
  ...(effect ? { effect } : {}),
});

/** @throws Error for a taint of lost nodes, which another prop is for */
export function checkTolerations(path: string, tolerations: readonly Toleration[]): readonly Toleration[] {
  const lost = tolerations.find(({ key }) => LOST_NODE.some((each) => each === key));
  if (lost === undefined) return tolerations;
  throw new Error(
    `${path}: tolerations has ${lost.key}, which lostNodeSeconds sets. Take it out, and give lostNodeSeconds the seconds.`,
  );
}
