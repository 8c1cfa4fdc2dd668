/** What was read of a cluster: everything that the doctor's answer rests on, and nothing secret. */
export interface Reading {
  readonly format: 1;
  /** When it was read, ISO 8601. Ages are counted from here, so that a bundle gives the same answer later. */
  readonly takenAt: string;
  readonly context: string;
  readonly namespaces: readonly string[];
  /** Objects as the API server gave them, redacted. */
  readonly objects: readonly Readonly<Record<string, unknown>>[];
  readonly unseen: readonly Unseen[];
  readonly logs: readonly ContainerLog[];
  /** Only with `--probe`. */
  readonly probes?: readonly Probe[];
}

/** What could not be read. Nothing is concluded from its absence. */
export interface Unseen {
  /** The kind, such as `Secret`, or `Log`. */
  readonly kind: string;
  /** Empty for what is in no namespace. */
  readonly namespace: string;
  /** The right that is missing, as `kubectl auth can-i` has it, or what else was in the way. */
  readonly missing: string;
}

/** The end of what a container wrote. */
export interface ContainerLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** Whether it is of the run before the one of now. */
  readonly previous: boolean;
  /** The last lines, redacted. */
  readonly lines: readonly string[];
}

/** What was tried from inside a pod. */
export interface Probe {
  /** The title of what made the pod. */
  readonly workload: string;
  readonly namespace: string;
  readonly pod: string;
  readonly node: string;
  /** When it was asked for the time and answered, by this computer's clock, and what it said; milliseconds. */
  readonly clock?: { readonly startedAt: number; readonly endedAt: number; readonly now: number };
  readonly names: readonly {
    /** The address of a DNS pod; empty for the one that the pod itself asks. */
    readonly server: string;
    readonly name: string;
    readonly answer: string;
  }[];
  readonly sockets: readonly ProbedSocket[];
  /** Only from images with Node. */
  readonly logIns?: readonly ProbedLogIn[];
  /** Of each container with a CPU limit, in how many of its time slices it was held back. */
  readonly cpu?: readonly {
    readonly container: string;
    readonly slices: number;
    readonly heldBack: number;
  }[];
  /** Why nothing was tried, and what would decide it. */
  readonly impossible?: string;
}

/** A connection that was tried. */
export interface ProbedSocket {
  readonly service: string;
  readonly host: string;
  readonly port: number;
  readonly http: boolean;
  /** The pod and its node; empty for the address of the Service. */
  readonly pod: string;
  readonly node: string;
  /** `answers`, `refused`, `silent` or an error's code. */
  readonly answer: string;
  /** The same for a question larger than a packet. */
  readonly large?: string;
}

/** A log-in to a PostgreSQL, with what a pod's own variables say, and one question to it. */
export interface ProbedLogIn {
  /** The variable that names the host. */
  readonly variable: string;
  readonly host: string;
  readonly port: number;
  /** `answers`, `takes no changes`, the server's own refusal, such as `FATAL: … (28P01)`, or why it was not asked. */
  readonly answer: string;
}
