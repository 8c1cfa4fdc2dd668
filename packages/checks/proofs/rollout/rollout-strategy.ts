import type { Workload } from '../../model/cluster.js';
import { podsOf } from '../../model/int-or-percent.js';
import { titleOf } from '../../model/manifest.js';
import type { Explanation, Problem, Proof } from '../proof.js';

/** A rollout replaces pods while others answer, and it can begin. */
export const rolloutStrategy = {
  id: 'CAFE071',
  severity: 'risk',
  title: 'A rollout stops everything, or cannot begin',
  why: 'Each new version is a time without a program; or a rollout that may take none away and add none stands still.',
  problems: (cluster) => cluster.workloads.flatMap(problems),
} as const satisfies Proof;

function problems(workload: Workload): Problem[] {
  const { kind, spec } = workload;
  if (kind !== 'Deployment' || !spec) return [];
  const replicas = spec.replicas ?? 1;
  const { type = 'RollingUpdate', rollingUpdate } = spec.strategy ?? {};
  const problem = (field: string, explanation: Explanation): Problem[] => [
    { object: titleOf(workload), field: `spec.strategy.${field}`, ...explanation },
  ];
  if (type === 'Recreate') {
    return replicas < 2
      ? []
      : problem('type', {
          found: 'Recreate',
          expected:
            'RollingUpdate: Recreate stops every pod before it starts a new one, so each rollout is an outage',
          likely: 'RollingUpdate',
          change: 'set the strategy to RollingUpdate with maxUnavailable: 0 and maxSurge: 1',
        });
  }
  const surge = podsOf(rollingUpdate?.maxSurge ?? '25%', replicas, 'up');
  const unavailable = podsOf(rollingUpdate?.maxUnavailable ?? '25%', replicas, 'down');
  if (surge === 0 && rollingUpdate?.maxUnavailable === 0) {
    return problem('rollingUpdate', {
      found: 'maxSurge 0 and maxUnavailable 0',
      expected: 'one of them above 0: the API server refuses both, because no pod could ever be replaced',
      likely: 'maxSurge: 1',
      change: 'set maxSurge to 1',
    });
  }
  if (replicas > 0 && unavailable >= replicas) {
    return problem('rollingUpdate.maxUnavailable', {
      found: `${rollingUpdate?.maxUnavailable ?? '25%'} of ${replicas} pods`,
      expected: `fewer than ${replicas}: a rollout may stop this many pods before new ones are ready, and then nobody answers`,
      likely: '0',
      change: 'set maxUnavailable to 0 and maxSurge to 1',
    });
  }
  return [];
}
