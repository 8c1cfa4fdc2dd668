/** How Kubernetes asks a container. A port is the name of one of the declaration's; the first is the service's own. */
export type ProbeHandler =
  | { readonly http: `/${string}`; readonly port?: string }
  | { readonly tcp: true; readonly port?: string }
  | { readonly grpc: true; readonly service?: string; readonly port?: string }
  | { readonly exec: readonly [string, ...string[]] };

/** The questions of the three probes. */
export interface Probes {
  /** @default - the readiness probe's question */
  readonly startup?: ProbeHandler;
  readonly readiness: ProbeHandler;
  /** Must touch nothing but the process: its answer restarts the container. @default - none; the container is never restarted for silence */
  readonly liveness?: ProbeHandler;
}

/** The paths that the runtime answers. They differ, because they answer different questions. */
export const PROBE_PATHS = { startup: '/startupz', readiness: '/readyz', liveness: '/livez' } as const;

/** The probes of a service on the runtime. */
export const RUNTIME_PROBES = {
  startup: { http: PROBE_PATHS.startup },
  readiness: { http: PROBE_PATHS.readiness },
  liveness: { http: PROBE_PATHS.liveness },
} as const satisfies Probes;
