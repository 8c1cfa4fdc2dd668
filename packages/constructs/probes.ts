import { k8s } from 'cdk8s-plus-28';

/** The paths that every service answers; see packages/runtime. They differ, because they answer different questions. */
export const PROBE_PATHS = { startup: '/startupz', readiness: '/readyz', liveness: '/livez' } as const;

/** How often one probe asks and when it concludes. */
export interface ProbeTiming {
  /** Seconds between two questions. */
  readonly periodSeconds: number;
  /** Wrong or missing answers in a row until the probe has failed. */
  readonly failureThreshold: number;
  /** Seconds to wait for an answer. Kubernetes' default of 1 kills healthy Node processes under CPU pressure. */
  readonly timeoutSeconds: number;
}

/** The timing of the three probes. */
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

/** The three probes of a container whose HTTP port is named `http`. */
export function toProbes(
  timings: ProbeTimings = {},
): Required<Pick<k8s.Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'>> {
  const resolved = { ...DEFAULT_TIMINGS, ...timings };
  const probe = (kind: keyof typeof PROBE_PATHS, httpHeaders?: k8s.HttpHeader[]): k8s.Probe => ({
    httpGet: {
      path: PROBE_PATHS[kind],
      port: k8s.IntOrString.fromString('http'),
      ...(httpHeaders ? { httpHeaders } : {}),
    },
    ...resolved[kind],
  });
  return {
    startupProbe: probe('startup'),
    readinessProbe: probe('readiness', patience(resolved.readiness)),
    livenessProbe: probe('liveness'),
  };
}

/**
 * A pod that is not ready keeps the question until it is, for as long as the next one would be asked: so it is back as
 * soon as its store is, and not up to a period later. Why not ask more often: a period is a whole second at least, and
 * every pod would be asked so often all day. See docs/decisions/recovery.md.
 */
function patience({ periodSeconds, timeoutSeconds }: ProbeTiming): k8s.HttpHeader[] | undefined {
  const seconds = Math.min(periodSeconds, timeoutSeconds - 1);
  return seconds > 0 ? [{ name: 'Prefer', value: `wait=${seconds}` }] : undefined;
}
