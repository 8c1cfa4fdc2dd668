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
