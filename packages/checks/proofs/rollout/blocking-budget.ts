import type { Typed, Workload } from '../../model/cluster.js';
import { podsOf } from '../../model/int-or-percent.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { autoscalersByTarget } from './autoscaler-target.js';
import { disruptionBudgets } from './disruption-budgets.js';

/** A disruption budget lets one pod go: else no node is ever drained. */
export const blockingBudget = {
  id: 'CAFE072',
  severity: 'risk',
  title: "A PodDisruptionBudget blocks every node's drain",
  why: 'Nobody can drain a node any more: an upgrade of the cluster waits for the pod, for hours, until somebody deletes it by hand.',
  problems: (cluster) => {
    const scaled = autoscalersByTarget(cluster);
    const podsOfWorkload = (workload: Workload): number =>
      scaled.get(titleOf(workload))?.typed.spec.minReplicas ?? workload.spec?.replicas ?? 1;
    return disruptionBudgets(cluster).flatMap(({ budget, targets }) =>
      // A budget counts all the pods that it picks, whoever made them.
      problems(
        budget,
        targets,
        targets.reduce((sum, workload) => sum + podsOfWorkload(workload), 0),
      ),
    );
  },
} as const satisfies Proof;

function problems(
  budget: Typed<'PodDisruptionBudget'>,
  workloads: readonly Workload[],
  replicas: number,
): Problem[] {
  const { minAvailable, maxUnavailable } = budget.typed.spec;
  const blocked =
    minAvailable === undefined
      ? maxUnavailable !== undefined && podsOf(maxUnavailable, replicas, 'up') < 1
      : podsOf(minAvailable, replicas, 'up') >= replicas;
  if (replicas === 0 || !blocked) return [];
  const field = minAvailable === undefined ? 'maxUnavailable' : 'minAvailable';
  return [
    {
      object: titleOf(budget),
      field: `spec.${field}`,
      found: `${field}: ${minAvailable ?? maxUnavailable ?? ''}, and ${workloads.map(titleOf).join(' and ')} ${workloads.length === 1 ? 'has' : 'have'} ${replicas} ${replicas === 1 ? 'pod' : 'pods'}`,
      expected:
        'a budget that lets one pod go: this one refuses every eviction, and draining a node waits for ever',
      likely: 'maxUnavailable: 1',
      change: 'use maxUnavailable: 1 and no minAvailable',
    },
  ];
}
