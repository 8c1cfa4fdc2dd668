import type { Workload } from '../../model/cluster.js';
import { matches } from '../../model/label-selector.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';

const HOST = 'kubernetes.io/hostname';

/** The pods fit a cluster that is smaller than the one they were written for, and so does a rollout's. */
export const scheduling = {
  id: 'CAFE075',
  severity: 'advice',
  title: 'Pods that a small cluster cannot schedule',
  why: 'On a cluster with one or two nodes some pods stay Pending, and a rollout with them.',
  problems: (cluster) =>
    cluster.workloads.flatMap((workload) => [...antiAffinity(workload), ...topologySpread(workload)]),
} as const satisfies Proof;

function antiAffinity(workload: Workload): Problem[] {
  const { pod, podLabels, podPath, kind } = workload;
  const replicas = workload.spec?.replicas ?? 1;
  const required = pod.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return required.flatMap(({ labelSelector, topologyKey }): Problem[] => {
    if (!labelSelector || !matches(labelSelector, podLabels)) return [];
    if (replicas < 2 && kind !== 'Deployment') return [];
    return [
      {
        object: titleOf(workload),
        field: `${podPath}.affinity.podAntiAffinity`,
        found: `required, by ${topologyKey}, for its own pods (${replicas} and those of a rollout)`,
        expected:
          'preferred: on a cluster with fewer places than pods the rest stays Pending, and a rollout never ends',
        likely: 'preferredDuringSchedulingIgnoredDuringExecution',
        change: 'prefer it (preferredDuringSchedulingIgnoredDuringExecution) instead of requiring it',
      },
    ];
  });
}

const topologySpread = (workload: Workload): Problem[] =>
  workload.pod.topologySpreadConstraints.flatMap(
    ({ topologyKey, whenUnsatisfiable, minDomains }): Problem[] => {
      if (whenUnsatisfiable !== 'DoNotSchedule' || (topologyKey === HOST && minDomains <= 1)) return [];
      return [
        {
          object: titleOf(workload),
          field: `${workload.podPath}.topologySpreadConstraints[${topologyKey}]`,
          found: `DoNotSchedule${minDomains > 1 ? `, minDomains ${minDomains}` : ''}`,
          expected: 'ScheduleAnyway: a node without that label, as in a small cluster, takes no pod at all',
          likely: 'ScheduleAnyway',
          change: 'set whenUnsatisfiable to ScheduleAnyway',
        },
      ];
    },
  );
