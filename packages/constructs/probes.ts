import {
  containerPortsOf,
  PORT_NAMES,
  type ProbeHandler,
  type ServiceDeclaration,
} from '@cafe-lumiere/contract';
import type * as k8s from './k8s.js';

/** How often one probe asks and when it concludes. */
export interface ProbeTiming {
  /** Seconds between two questions. */
  readonly periodSeconds: number;
  /** Wrong or missing answers in a row until the probe has failed. */
  readonly failureThreshold: number;
  /** Seconds to wait for an answer. Kubernetes' default of 1 kills healthy Node processes under CPU pressure. */
  readonly timeoutSeconds: number;
}

/** The timing of the three probes. What they ask is in the service's declaration. */
export interface ProbeTimings {
  /**
   * How long a start may take: `periodSeconds` × `failureThreshold`.
   * @default - each second, 300 times: a migration of a large table fits, and a ready pod is seen within a second
   */
  readonly startup?: ProbeTiming;
  /** @default - each 2 s, out after 2: the service itself already ignores single failures of its store */
  readonly readiness?: ProbeTiming;
  /** @default - each 10 s, restarted after 6: only a process that has stood still for a minute */
  readonly liveness?: ProbeTiming;
}

const DEFAULT_TIMINGS: Required<ProbeTimings> = {
  startup: { periodSeconds: 1, failureThreshold: 300, timeoutSeconds: 3 },
  readiness: { periodSeconds: 2, failureThreshold: 2, timeoutSeconds: 3 },
  liveness: { periodSeconds: 10, failureThreshold: 6, timeoutSeconds: 5 },
};

/** The probes of a declared service's container. */
export function toProbes(
  declaration: ServiceDeclaration,
  timings: ProbeTimings = {},
): Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const { startup, readiness, liveness } = declaration.probes;
  const resolved = { ...DEFAULT_TIMINGS, ...timings };
  const toHandler = (handler: ProbeHandler, headers?: k8s.HTTPHeader[]): k8s.Probe =>
    toProbeHandler(handler, containerPortsOf(declaration), headers);
  // A service on the runtime can wait until it is ready before it answers.
  const headers = declaration.runtime ? patience(resolved.readiness) : undefined;
  return {
    startupProbe: { ...toHandler(startup ?? readiness), ...resolved.startup },
    readinessProbe: { ...toHandler(readiness, headers), ...resolved.readiness },
    ...(liveness ? { livenessProbe: { ...toHandler(liveness), ...resolved.liveness } } : {}),
  };
}

function toProbeHandler(
  handler: ProbeHandler,
  ports: Readonly<Record<string, number>>,
  httpHeaders?: k8s.HTTPHeader[],
): k8s.Probe {
  if ('exec' in handler) return { exec: { command: handler.exec } };
  const port = handler.port ?? PORT_NAMES.own;
  if ('tcp' in handler) return { tcpSocket: { port } };
  if ('http' in handler)
    return { httpGet: { path: handler.http, port, ...(httpHeaders ? { httpHeaders } : {}) } };
  // Kubernetes takes no port's name here. The declaration has proven that there is one of this name.
  return {
    grpc: { port: ports[port] ?? 0, ...(handler.service === undefined ? {} : { service: handler.service }) },
  };
}

/**
 * A pod that is not ready keeps the question until it is, for as long as the next one would be asked: so it is back as
 * soon as its store is, and not up to a period later. Why not ask more often: a period is a whole second at least, and
 * every pod would be asked so often all day. See docs/decisions/recovery.md.
 */
function patience({ periodSeconds, timeoutSeconds }: ProbeTiming): k8s.HTTPHeader[] | undefined {
  const seconds = Math.min(periodSeconds, timeoutSeconds - 1);
  return seconds > 0 ? [{ name: 'Prefer', value: `wait=${seconds}` }] : undefined;
}
