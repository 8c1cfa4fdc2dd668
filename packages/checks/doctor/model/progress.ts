import { conditionOf, type LiveCluster, type LiveWorkload } from './live-cluster.js';
import type { Live } from './live-schemas.js';
import { containersOf, isWell } from './pod-state.js';

/** How long a pod without a startup probe, or one that has just lost its readiness, may take before that is a fault. */
const SETTLING_SECONDS = 60;

/** Whether some of a workload's pods do their work. */
export const isPartlyServing = ({ pods }: LiveWorkload): boolean => pods.some(isWell);

/** How many pods it should have. */
export const wantedPods = ({ live, pods }: LiveWorkload): number =>
  live?.spec.replicas ?? live?.status.desiredNumberScheduled ?? pods.length;

/** Whether every pod that it should have does its work. Jobs have their own measure. */
export function isWorkloadWell(workload: LiveWorkload): boolean {
  const { kind, pods } = workload;
  if (kind === 'Job' || kind === 'CronJob') return true;
  const counted = pods.filter(({ status }) => status.phase !== 'Failed');
  return counted.every(isWell) && counted.length >= wantedPods(workload);
}

/** How many pods of a Deployment are of its newest template, while they are not all; nothing when none of it is under way. */
export function rollingOut({ kind, live }: LiveWorkload): string | undefined {
  if (!live || (kind !== 'Deployment' && kind !== 'StatefulSet')) return undefined;
  const { metadata, spec, status } = live;
  if (status.observedGeneration < metadata.generation)
    return 'its controller has not seen its newest template yet';
  const wanted = spec.replicas ?? 1;
  return kind === 'Deployment' && (status.updatedReplicas < wanted || status.replicas > wanted)
    ? `${status.updatedReplicas} of ${wanted} pods are of its newest template`
    : undefined;
}

/** Whether a pod that is not ready may still become so by itself: it starts, waits to start again, or was ready a moment ago. */
export function isSettling(cluster: LiveCluster, pod: Live<'Pod'>): boolean {
  const since = Math.min(
    cluster.secondsSince(pod.metadata.creationTimestamp),
    cluster.secondsSince(conditionOf(pod, 'Ready')?.lastTransitionTime),
    ...containersOf(pod).map(({ status: { state, lastState } }) =>
      cluster.secondsSince(state.running?.startedAt ?? lastState.terminated?.finishedAt),
    ),
  );
  return since < startSeconds(pod);
}

/** The longest that a container of this pod may take to start, by its own probes. */
function startSeconds(pod: Live<'Pod'>): number {
  const times = pod.spec.containers.map(({ startupProbe, readinessProbe }) => {
    const probe = startupProbe ?? readinessProbe;
    return probe ? probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold : 0;
  });
  return Math.max(SETTLING_SECONDS, ...times);
}
