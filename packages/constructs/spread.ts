import type * as k8s from './k8s.js';

type Labels = Readonly<Record<string, string>>;

/**
 * Prefers another node for each pod. Why not `required`: a one-node cluster (kind) must run all pods, and a rollout on
 * a small cluster needs room for one more.
 */
export function toAffinity(podLabels: Labels): k8s.Affinity {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: {
            topologyKey: 'kubernetes.io/hostname',
            labelSelector: { matchLabels: podLabels },
          },
        },
      ],
    },
  };
}

/** Prefers another zone, counting only the pods of the same rollout: else the old pods push the new ones together. */
export function toTopologySpread(podLabels: Labels): k8s.TopologySpreadConstraint[] {
  return [
    {
      maxSkew: 1,
      topologyKey: 'topology.kubernetes.io/zone',
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: podLabels },
      matchLabelKeys: ['pod-template-hash'],
    },
  ];
}
