import { setTimeout as pause } from 'node:timers/promises';
import { type Deadline, endsWithin, remainingMs } from '../deadline.js';

/**
 * Whoever comes within this time after the first failure waits for its end; later callers are told at once. All pods of a
 * service that were lost are there again sooner, and a database that restarts is back, for which its service's pods are not
 * ready meanwhile (docs/decisions/short-absence.md).
 */
const PATIENCE_MS = 11_000;
/** How often it is looked whether a connection is made again. */
const LOOK_EVERY_MS = 100;
/** All who waited do not begin at the same moment. */
const SPREAD_MS = 100;

/** How {@link Unreachability} finds its end. */
export interface UnreachabilityOptions {
  /** Whether no connection is made still. */
  readonly unreachable: () => Promise<boolean>;
  /** @default - 11 s */
  readonly patienceMs?: number;
}

/**
 * A time in which no connection is made to somebody who has answered before: Kubernetes refuses those to a Service that has
 * no ready pod, and where policies are enforced it may drop them instead. Callers wait for its end, for their calls were never
 * begun; one look at a time is made for all of them, because some hundred that each try again would take the processor from who
 * is just starting.
 */
export class Unreachability {
  private current: { readonly since: number; readonly end: Promise<void> } | undefined;
  /** Whoever has never been there is nobody who will be back in a moment. */
  private known = false;
  private readonly closed = new AbortController();

  constructor(private readonly options: UnreachabilityOptions) {}

  /** Somebody has answered. */
  answered(): void {
    this.known = true;
  }

  /** Waits until connections are made again. @returns whether they are, before the deadline */
  async end(deadline: Deadline): Promise<boolean> {
    if (!this.known) return false;
    this.current ??= { since: performance.now(), end: this.look() };
    const { since, end } = this.current;
    const patience = since + (this.options.patienceMs ?? PATIENCE_MS);
    if (!(await endsWithin(end, remainingMs(Math.min(patience, deadline))))) return false;
    await pause(Math.random() * SPREAD_MS);
    return remainingMs(deadline) > 0 && !this.closed.signal.aborted;
  }

  /** Nobody waits any more. */
  close(): void {
    this.closed.abort();
  }

  private async look(): Promise<void> {
    const { signal } = this.closed;
    do await pause(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    while (!signal.aborted && (await this.options.unreachable()));
    this.current = undefined;
  }
}
