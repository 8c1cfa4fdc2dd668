import type { Workload } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import { once } from '../../model/once.js';
import type { Container, Probe } from '../../model/schemas.js';
import type { Explanation, Problem } from '../proof.js';

/** The three probes of a container. */
export const PROBE_KINDS = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
/** One of them. */
export type ProbeKind = (typeof PROBE_KINDS)[number];

/** A probe and the container that it asks. */
export interface ContainerProbe {
  readonly workload: Workload;
  readonly container: Container;
  readonly kind: ProbeKind;
  readonly probe: Probe;
}

/** Every probe of every container. */
export const probesIn = once((cluster): readonly ContainerProbe[] =>
  cluster.workloads.flatMap((workload) =>
    workload.pod.containers.flatMap((container) =>
      PROBE_KINDS.flatMap((kind) => {
        const probe = container[kind];
        return probe ? [{ workload, container, kind, probe }] : [];
      }),
    ),
  ),
);

/** What a probe asks; a named port and its number are the same. */
export function questionOf({ httpGet, tcpSocket, exec, grpc }: Probe, { ports }: Container): string {
  const number = (port: string | number): string =>
    String(ports.find(({ name }) => name === port)?.containerPort ?? port);
  if (httpGet) return `GET ${httpGet.path.replace(/(?<=.)\/$/, '')} on port ${number(httpGet.port)}`;
  if (tcpSocket) return `a connection to port ${number(tcpSocket.port)}`;
  if (exec) return exec.command.join(' ');
  return grpc ? `gRPC ${grpc.service ?? 'health'} on port ${grpc.port}` : 'nothing';
}

/** A problem with a probe, or with one of its fields: `livenessProbe.timeoutSeconds`. */
export const probeProblem = (
  { workload, container }: Pick<ContainerProbe, 'workload' | 'container'>,
  field: string,
  explanation: Explanation,
): Problem => ({
  object: titleOf(workload),
  field: `${workload.podPath}.containers[${container.name}].${field}`,
  ...explanation,
});
