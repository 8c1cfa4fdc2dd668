import { PORT_NAMES } from './ports.js';

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

/** The paths that the runtime answers on its operations port. They differ, because they answer different questions. */
export const PROBE_PATHS = { startup: '/startupz', readiness: '/readyz', liveness: '/livez' } as const;

/** What the runtime answers on the service's own port, too: what `/readyz` says, for people and for neighbours. */
export const HEALTH_PATH = '/health';

/** The probes of a service on the runtime. */
export const RUNTIME_PROBES = {
  startup: { http: PROBE_PATHS.startup, port: PORT_NAMES.operations },
  readiness: { http: PROBE_PATHS.readiness, port: PORT_NAMES.operations },
  liveness: { http: PROBE_PATHS.liveness, port: PORT_NAMES.operations },
} as const satisfies Probes;
