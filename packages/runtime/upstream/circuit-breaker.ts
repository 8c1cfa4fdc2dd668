/** Failures in a row, and the time that they must last: one dead pod of two is no reason to give up on both. */
const FAILURES = 5;
const FAILING_FOR_MS = 2000;
/** While it is open, one call in this time is let through to see whether the other side is back. */
const TRIAL_MS = 200;

/**
 * Fails calls at once when the other side has not answered any for a while: waiting for a deadline each time would hold
 * every caller up for nothing. One answer closes it again.
 *
 * An answer is an answer whatever its status: a 503 comes from somebody who is there, and says when to come back.
 */
export class CircuitBreaker {
  private failures = 0;
  private failingSince = 0;
  private lastTrial = 0;

  /** @param now - milliseconds of a clock that never goes back */
  constructor(private readonly now: () => number = () => performance.now()) {}

  get open(): boolean {
    return this.failures >= FAILURES && this.now() - this.failingSince >= FAILING_FOR_MS;
  }

  /** Whether a call may be made now. */
  admits(): boolean {
    if (!this.open) return true;
    if (this.now() - this.lastTrial < TRIAL_MS) return false;
    this.lastTrial = this.now();
    return true;
  }

  /** The other side answered. */
  answered(): void {
    this.failures = 0;
  }

  /** It did not. */
  failed(): void {
    if (this.failures === 0) this.failingSince = this.now();
    this.failures += 1;
  }
}
