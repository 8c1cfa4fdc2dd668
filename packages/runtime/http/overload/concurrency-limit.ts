import type { OVERLOAD_LIMITS } from '../limits.js';

/** The numbers of {@link OVERLOAD_LIMITS}. */
export type OverloadLimits = Readonly<Record<keyof typeof OVERLOAD_LIMITS, number>>;

/**
 * How many requests may be answered at once, found out by measuring: additive increase while it is used up and all is well,
 * multiplicative decrease when answers become slow or the event loop is late, as TCP finds out about a line. It is
 * `AIMDLimit` of https://github.com/Netflix/concurrency-limits with the event loop as a second signal.
 *
 * Why not a gradient against the fastest answer, as Netflix' `Gradient2Limit` and Envoy's adaptive concurrency have it: one
 * service answers from memory and from a database, and its clients may rightly wait seconds for a database that restarts.
 * Neither says that there is too much to do.
 */
export class ConcurrencyLimit {
  private current: number;
  private most = 0;
  private durations: number[] = [];
  /** What the answer in the middle takes while there is room, in milliseconds. */
  private usual = 0;

  constructor(private readonly limits: OverloadLimits) {
    this.current = limits.initial;
  }

  get value(): number {
    return Math.floor(this.current);
  }

  /** A request was begun, and so many are being answered now. */
  begun(inFlight: number): void {
    this.most = Math.max(this.most, inFlight);
  }

  /** One was answered, after so many milliseconds. */
  ended(milliseconds: number): void {
    this.durations.push(milliseconds);
  }

  /** Ends one time of measuring, and begins the next. @param lagMs - how late the event loop is */
  adapt(lagMs: number): void {
    const { floor, ceiling, latencyMs, lagMs: mostLagMs } = this.limits;
    const middle = median(this.durations);
    const slow = middle !== undefined && middle > Math.max(latencyMs, 2 * this.usual);
    const isUsed = 2 * this.most >= this.value;
    if (slow || lagMs > mostLagMs) {
      // Few requests that take long say nothing about how many there may be.
      if (isUsed) this.current = Math.max(floor, this.current * 0.8);
    } else if (this.most >= this.value) {
      this.current = Math.min(ceiling, this.current + Math.sqrt(this.current));
    } else if (!isUsed && middle !== undefined) {
      this.usual += (middle - this.usual) / 100;
    }
    this.most = 0;
    this.durations = [];
  }
}

function median(numbers: readonly number[]): number | undefined {
  return [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)];
}
