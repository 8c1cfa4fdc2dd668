import type { Cluster, Workload } from './cluster.js';
import { toldContainers, type Told } from './edges-of.js';
import { numberIn } from './environment.js';
import { chain } from './deadline-chain.js';
import { type Sum, sum, type TimeLine } from './time-line.js';
import type { Check } from './options.js';

/** Closing pools and writing the last lines; CLOSE_SECONDS in packages/constructs/termination.ts. */
const FLUSH_SECONDS = 10;
/** What a migration of a large table may take at a start. */
const MIGRATION_SECONDS = 120;
/** A page of the café gives up; REQUEST_LIMIT in services/frontend/assets/live.js. */
const PAGE_MS = 6000;

/** The whole arithmetic, for `--explain`. */
export const timeTable = (cluster: Cluster, pageTimeoutMs?: number): readonly TimeLine[] =>
  sums(cluster, pageTimeoutMs);

/** Each end, start, probe and chain of callers has the time that it needs. */
export const timeBudget: Check = (cluster, { pageTimeoutMs }) =>
  sums(cluster, pageTimeoutMs).flatMap(({ fits, finding }) => (fits ? [] : [finding]));

function sums(cluster: Cluster, pageTimeoutMs = PAGE_MS): Sum[] {
  const own = toldContainers(cluster).filter(({ list }) => list === 'containers');
  return [
    ...own.flatMap((told) => [...end(told), ...start(told), ...question(told)]),
    ...rollouts(cluster),
    ...chain(cluster, own, pageTimeoutMs),
  ];
}

/** preStop + drain + requests in flight + flush ≤ grace period. */
function end({ workload, container, variables }: Told): Sum[] {
  const preStop =
    container.lifecycle?.preStop?.sleep?.seconds ?? sleepIn(container.lifecycle?.preStop?.exec?.command) ?? 0;
  const drain = numberIn(variables, 'DRAIN_SECONDS');
  const inFlight = numberIn(variables, 'IN_FLIGHT_SECONDS');
  if (preStop === 0 && drain === undefined && inFlight === undefined) return [];
  const flush = drain === undefined && inFlight === undefined ? 0 : FLUSH_SECONDS;
  const need = preStop + (drain ?? 0) + (inFlight ?? 0) + flush;
  const grace = workload.pod.terminationGracePeriodSeconds;
  const text = `end: preStop ${preStop} + drain ${drain ?? 0} + in flight ${inFlight ?? 0} + flush ${flush} = ${need} s ≤ terminationGracePeriodSeconds ${grace} s`;
  return [
    sum(workload, text, need <= grace, 'CAFE041', `${workload.podPath}.terminationGracePeriodSeconds`, {
      found: `${grace} s`,
      expected: `at least ${need} s: preStop ${preStop} + drain ${drain ?? 0} + requests in flight ${inFlight ?? 0} + flush ${flush}; at the end of the grace period the process is killed with what it still does`,
      likely: String(need),
      change: `set terminationGracePeriodSeconds to ${need}, or shorten DRAIN_SECONDS or IN_FLIGHT_SECONDS`,
    }),
  ];
}

/** The start probe waits for as long as a start with a migration takes. */
function start({ workload, container, variables }: Told): Sum[] {
  const { startupProbe: probe } = container;
  if (!probe || !variables.has('DB_HOST')) return [];
  const budget = probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold;
  const threshold = Math.ceil(MIGRATION_SECONDS / probe.periodSeconds);
  return [
    sum(
      workload,
      `start: ${probe.periodSeconds} s × ${probe.failureThreshold} = ${budget} s ≥ migration ${MIGRATION_SECONDS} s`,
      budget >= MIGRATION_SECONDS,
      'CAFE042',
      `${workload.podPath}.containers[${container.name}].startupProbe.failureThreshold`,
      {
        found: `${probe.periodSeconds} s × ${probe.failureThreshold} = ${budget} s`,
        expected: `at least ${MIGRATION_SECONDS} s, because this container has a database and may migrate it; a start that is killed in between begins anew, for ever`,
        likely: String(threshold),
        change: `set failureThreshold to ${threshold} or more`,
      },
    ),
  ];
}

/** The probe waits longer than the question that its answer may take. */
function question({ workload, container, variables }: Told): Sum[] {
  const { readinessProbe: probe } = container;
  const limit = numberIn(variables, 'DB_QUERY_TIMEOUT_MS');
  if (!probe || limit === undefined) return [];
  const timeout = probe.timeoutSeconds * 1000;
  const seconds = Math.floor(limit / 1000) + 1;
  return [
    sum(
      workload,
      `readiness: probe timeout ${timeout} ms > query ${limit} ms`,
      timeout > limit,
      'CAFE043',
      `${workload.podPath}.containers[${container.name}].readinessProbe.timeoutSeconds`,
      {
        found: `${probe.timeoutSeconds} s`,
        expected: `more than DB_QUERY_TIMEOUT_MS, ${limit} ms: else the probe gives up before the service can say why it is not ready`,
        likely: String(seconds),
        change: `set timeoutSeconds to ${seconds}`,
      },
    ),
  ];
}

/** Gate and start together fit the time after which a rollout is called failed. */
function rollouts(cluster: Cluster): Sum[] {
  const gates = new Map<Workload, number>();
  for (const { workload, list, variables } of toldContainers(cluster)) {
    const seconds = list === 'initContainers' ? numberIn(variables, 'GATE_TIMEOUT_SECONDS') : undefined;
    if (seconds !== undefined) gates.set(workload, (gates.get(workload) ?? 0) + seconds);
  }
  return cluster.workloads.flatMap((workload) => {
    if (workload.kind !== 'Deployment' || !workload.spec) return [];
    const gate = gates.get(workload) ?? 0;
    const deadline = workload.spec.progressDeadlineSeconds;
    const startup = Math.max(
      0,
      ...workload.pod.containers.map(({ startupProbe: probe }) =>
        probe ? probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold : 0,
      ),
    );
    if (gate + startup === 0) return [];
    return [
      sum(
        workload,
        `rollout: gate ${gate} + start ${startup} = ${gate + startup} s ≤ progressDeadlineSeconds ${deadline} s`,
        gate + startup <= deadline,
        'CAFE044',
        'spec.progressDeadlineSeconds',
        {
          found: `${deadline} s`,
          expected: `at least ${gate + startup} s: gate ${gate} + start ${startup}; else the rollout is called failed while a pod may still become ready`,
          likely: String(gate + startup),
          change: `set progressDeadlineSeconds to ${gate + startup}, or shorten the gate or the start`,
        },
      ),
    ];
  });
}

function sleepIn(command: readonly string[] = []): number | undefined {
  const seconds = /\bsleep\s+(\d+)\b/.exec(command.join(' '))?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
