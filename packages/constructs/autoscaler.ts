import type * as k8s from './k8s.js';

/**
 * How many pods there are, by what they use.
 *
 * Where the Deployment runs with `replicas` already, one `kubectl apply` without them sets 1 until the autoscaler has
 * looked. Take them out of the applied object first: `kubectl apply edit-last-applied deployment/NAME`.
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling
 */
export interface Autoscaler {
  /** Pods at least. With 1, nobody answers while it moves to another node. */
  readonly minReplicas: number;
  /** Pods at most. The store's connections must suffice for them. */
  readonly maxReplicas: number;
  /**
   * The CPU that pods should use on average, in percent of their request.
   * @default 70
   */
  readonly cpuPercent?: number;
}

/** @throws Error that names the construct and the value */
export function checkAutoscaler(path: string, autoscaler: Autoscaler): Autoscaler {
  const { minReplicas, maxReplicas, cpuPercent = 70 } = autoscaler;
  for (const [property, value, least] of [
    ['minReplicas', minReplicas, 1],
    ['maxReplicas', maxReplicas, minReplicas],
    ['cpuPercent', cpuPercent, 1],
  ] as const) {
    if (!Number.isInteger(value) || value < least) {
      throw new Error(`${path}: autoscaler.${property} is ${value}; it is a whole number, ${least} or more.`);
    }
  }
  return autoscaler;
}

/** The spec of the HorizontalPodAutoscaler of a Deployment. */
export function toAutoscalerSpec(
  deployment: string,
  { minReplicas, maxReplicas, cpuPercent = 70 }: Autoscaler,
): k8s.HorizontalPodAutoscalerSpec {
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deployment },
    minReplicas,
    maxReplicas,
    metrics: [
      {
        type: 'Resource',
        resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
      },
    ],
    // Up at once, because guests wait; down by one pod a minute, because each that goes must drain.
    behavior: {
      scaleDown: {
        stabilizationWindowSeconds: 300,
        policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
      },
    },
  };
}
