/** Requests that are tried again, as a share of all requests: more would keep a service down that is coming back. */
const SHARE = 0.1;
/** Retries that may be made at once after a quiet time. */
const BURST = 10;

/** At most one retry for ten requests, so that a service in trouble gets at most a tenth more traffic. */
export class RetryBudget {
  private tokens = BURST;

  /** A request is made. */
  earn(): void {
    this.tokens = Math.min(BURST, this.tokens + SHARE);
  }

  /** Whether one more retry may be made; then it is counted. */
  spend(): boolean {
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
