import { CLIENT_KEEP_ALIVE_MS } from '@cafe-lumiere/contract';

/** How a pod of a service ends. All in seconds. */
export interface Termination {
  /**
   * How long the service goes on serving after SIGTERM, telling each client to close its connection. It must be
   * longer than the time that Kubernetes takes to stop sending, and than the runtime's clients keep an idle connection
   * (4 s); measured: without it requests fail in each rollout, see docs/decisions/drain.md.
   * @default 5
   */
  readonly drainSeconds?: number;
  /**
   * How long requests in flight may take once the service takes no new ones: longer than its clients wait for an answer.
   * @default 20
   */
  readonly inFlightSeconds?: number;
}

/** Closing the pools and writing the last log lines, with room for a machine that is short of CPU. */
const CLOSE_SECONDS = 10;

/** Drain, then requests in flight, then closing: Kubernetes must not kill before all three had their time. */
export function gracePeriod({ drainSeconds, inFlightSeconds }: Required<Termination>): number {
  return drainSeconds + inFlightSeconds + CLOSE_SECONDS;
}

/** Fills in the defaults. @throws Error that names the construct and the value */
export function checkTermination(path: string, termination: Termination = {}): Required<Termination> {
  const resolved = { drainSeconds: 5, inFlightSeconds: 20, ...termination };
  for (const [property, seconds] of Object.entries(resolved)) {
    if (!Number.isInteger(seconds) || seconds < 0) {
      throw new Error(
        `${path}: termination.${property} is ${seconds}; it is a whole number of seconds, 0 or more.`,
      );
    }
  }
  if (resolved.drainSeconds * 1000 <= CLIENT_KEEP_ALIVE_MS) {
    const keepAlive = CLIENT_KEEP_ALIVE_MS / 1000;
    throw new Error(
      `${path}: termination.drainSeconds is ${resolved.drainSeconds}; clients keep an idle connection for ${keepAlive} s and would send into one that the pod has closed. Make it more than ${keepAlive}, such as ${keepAlive + 1}.`,
    );
  }
  return resolved;
}
