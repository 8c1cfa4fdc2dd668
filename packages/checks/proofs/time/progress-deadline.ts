import type { Cluster, Workload } from '../../model/cluster.js';
import { configuredContainers } from '../../model/containers.js';
import { numberIn } from '../../model/variable-names.js';
import { type TimeLine, timeLine, timeProof } from './time-line.js';

/** Gate and start together fit the time after which a rollout is called failed. */
export const progressDeadline = timeProof({
  id: 'CAFE044',
  severity: 'risk',
  title: 'Gate and start are longer than the time for a rollout',
  why: 'The rollout is called failed while the pods still wait for what they are allowed to wait for.',
  lines: (cluster) => {
    const gates = gateSeconds(cluster);
    return cluster.workloads.flatMap((workload): TimeLine[] => {
      if (workload.kind !== 'Deployment' || !workload.spec) return [];
      const gate = gates.get(workload) ?? 0;
      const start = startSeconds(workload);
      const need = gate + start;
      const deadline = workload.spec.progressDeadlineSeconds;
      if (need === 0) return [];
      return [
        timeLine(
          workload,
          `rollout: gate ${gate} + start ${start} = ${need} s ≤ progressDeadlineSeconds ${deadline} s`,
          need <= deadline,
          'spec.progressDeadlineSeconds',
          {
            found: `${deadline} s`,
            expected: `at least ${need} s: gate ${gate} + start ${start}; else the rollout is called failed while a pod may still become ready`,
            likely: String(need),
            change: `set progressDeadlineSeconds to ${need}, or shorten the gate or the start`,
          },
        ),
      ];
    });
  },
});

/** How long the init containers of a workload wait, one after the other. */
function gateSeconds(cluster: Cluster): ReadonlyMap<Workload, number> {
  const gates = new Map<Workload, number>();
  for (const { workload, list, variables } of configuredContainers(cluster)) {
    const seconds = list === 'initContainers' ? numberIn(variables, 'GATE_TIMEOUT_SECONDS') : undefined;
    if (seconds !== undefined) gates.set(workload, (gates.get(workload) ?? 0) + seconds);
  }
  return gates;
}

const startSeconds = ({ pod }: Workload): number =>
  Math.max(
    0,
    ...pod.containers.map(({ startupProbe: probe }) =>
      probe ? probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold : 0,
    ),
  );
