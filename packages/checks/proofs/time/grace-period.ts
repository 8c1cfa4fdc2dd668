import type { ConfiguredContainer } from '../../model/containers.js';
import { configuredContainers } from '../../model/containers.js';
import { numberIn } from '../../model/variable-names.js';
import { type TimeLine, timeLine, timeProof } from './time-line.js';

/** Closing pools and writing the last lines. */
const FLUSH_SECONDS = 10;

/** preStop + drain + requests in flight + flush ≤ grace period. */
export const gracePeriod = timeProof({
  id: 'CAFE041',
  severity: 'risk',
  title: 'The grace period is shorter than the end of the process takes',
  why: 'The kubelet kills the process in the middle of its last requests, on every rollout and every drained node.',
  lines: (cluster) =>
    configuredContainers(cluster).flatMap((each) => (each.list === 'containers' ? line(each) : [])),
});

function line({ workload, container, variables }: ConfiguredContainer): TimeLine[] {
  const { preStop: hook } = container.lifecycle ?? {};
  const preStop = hook?.sleep?.seconds ?? sleepIn(hook?.exec?.command) ?? 0;
  const drain = numberIn(variables, 'DRAIN_SECONDS');
  const inFlight = numberIn(variables, 'IN_FLIGHT_SECONDS');
  if (preStop === 0 && drain === undefined && inFlight === undefined) return [];
  const flush = drain === undefined && inFlight === undefined ? 0 : FLUSH_SECONDS;
  const need = preStop + (drain ?? 0) + (inFlight ?? 0) + flush;
  const grace = workload.pod.terminationGracePeriodSeconds;
  const text = `end: preStop ${preStop} + drain ${drain ?? 0} + in flight ${inFlight ?? 0} + flush ${flush} = ${need} s ≤ terminationGracePeriodSeconds ${grace} s`;
  return [
    timeLine(workload, text, need <= grace, `${workload.podPath}.terminationGracePeriodSeconds`, {
      found: `${grace} s`,
      expected: `at least ${need} s: preStop ${preStop} + drain ${drain ?? 0} + requests in flight ${inFlight ?? 0} + flush ${flush}; at the end of the grace period the process is killed with what it still does`,
      likely: String(need),
      change: `set terminationGracePeriodSeconds to ${need}, or shorten DRAIN_SECONDS or IN_FLIGHT_SECONDS`,
    }),
  ];
}

function sleepIn(command: readonly string[] = []): number | undefined {
  const seconds = /\bsleep\s+(\d+)\b/.exec(command.join(' '))?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
