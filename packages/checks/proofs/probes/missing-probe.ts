import { type Cluster, runsForever, type Workload } from '../../model/cluster.js';
import { targetPort } from '../../model/connections.js';
import type { Container } from '../../model/schemas.js';
import { selectingServices } from '../../model/selecting-services.js';
import type { Problem, Proof } from '../proof.js';
import { type ProbeKind, probeProblem } from './probes.js';

const WHY: Readonly<Record<ProbeKind, string>> = {
  startupProbe: 'without it the liveness probe kills a start that takes long',
  readinessProbe:
    'without it the Service sends requests to pods that cannot answer yet: "works only after multiple clicks"',
  livenessProbe: 'without it a process that hangs stays',
};

const WHICH: Readonly<Record<ProbeKind, string>> = {
  startupProbe: 'that may fail for as long as a start takes',
  readinessProbe: 'on a path that says whether this pod can serve',
  livenessProbe: 'on a path that touches nothing but the process',
};

/** A container that a Service sends requests to is asked whether it has started, is ready and is alive. */
export const missingProbe = {
  id: 'CAFE031',
  severity: 'advice',
  title: 'A container behind a Service lacks a probe',
  why: 'Without readiness, a pod gets requests before it can answer; without liveness, a hanging one keeps them; without a start probe, both have to be slow enough for the slowest start.',
  problems: (cluster) => {
    const serving = containersBehindServices(cluster);
    return cluster.workloads.flatMap((workload) =>
      workload.pod.containers.flatMap((container) =>
        serving.has(container) ? problems(workload, container) : [],
      ),
    );
  },
} as const satisfies Proof;

function problems(workload: Workload, container: Container): Problem[] {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  if (!startupProbe && !readinessProbe && !livenessProbe) {
    return [
      probeProblem({ workload, container }, 'readinessProbe', {
        found: 'no probes, and a Service sends requests to this container',
        expected: WHY.readinessProbe,
        change: `add a readinessProbe ${WHICH.readinessProbe}; then a livenessProbe ${WHICH.livenessProbe}`,
      }),
    ];
  }
  // Nothing but a liveness probe kills a slow start.
  const missing: readonly (ProbeKind | false)[] = [
    !startupProbe && livenessProbe !== undefined && 'startupProbe',
    !readinessProbe && 'readinessProbe',
    !livenessProbe && 'livenessProbe',
  ];
  return missing.flatMap((kind): Problem[] =>
    kind
      ? [
          probeProblem({ workload, container }, kind, {
            found: `no ${kind}, and a Service sends requests to this container`,
            expected: WHY[kind],
            change: `add a ${kind} ${WHICH[kind]}`,
          }),
        ]
      : [],
  );
}

const containersBehindServices = (cluster: Cluster): ReadonlySet<Container> =>
  new Set(
    selectingServices(cluster).flatMap(({ service, targets }) =>
      targets
        .filter(runsForever)
        .flatMap((workload) =>
          service.typed.spec.ports.flatMap((port) => targetPort(port, workload)?.container ?? []),
        ),
    ),
  );
