import type { Workload } from './cluster.js';
import type { Finding } from './finding.js';
import { titleOf } from './manifest.js';
import type { Container, Probe } from './objects.js';

/** The three probes of a container. */
export const PROBE_KINDS = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
/** One of them. */
export type ProbeKind = (typeof PROBE_KINDS)[number];

/** What a probe asks; a named port and its number are the same. */
export function action({ httpGet, tcpSocket, exec, grpc }: Probe, { ports }: Container): string {
  const number = (port: string | number): string =>
    String(ports.find(({ name }) => name === port)?.containerPort ?? port);
  if (httpGet) return `GET ${httpGet.path.replace(/(?<=.)\/$/, '')} on port ${number(httpGet.port)}`;
  if (tcpSocket) return `a connection to port ${number(tcpSocket.port)}`;
  if (exec) return exec.command.join(' ');
  return grpc ? `gRPC ${grpc.service ?? 'health'} on port ${grpc.port}` : 'nothing';
}

/** What a finding says besides its place. */
export type Rest = Pick<Finding, 'found' | 'expected' | 'change'> & Partial<Pick<Finding, 'likely'>>;

/** A finding about a probe of a container. */
export const probeFinding = (
  workload: Workload,
  container: Container,
  field: string,
  id: Finding['id'],
  severity: Finding['severity'],
  rest: Rest,
): Finding => ({
  id,
  severity,
  object: titleOf(workload),
  field: `${workload.podPath}.containers[${container.name}].${field}`,
  ...rest,
});
