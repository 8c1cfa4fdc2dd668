import { setTimeout as pause } from 'node:timers/promises';

/** What a check last saw. */
export interface CheckState {
  readonly ok: boolean;
  /** In words, when it is not. */
  readonly reason?: string;
}

/** Something that must hold for this service to serve: its own store, and nothing behind another service. */
export interface ReadinessCheck {
  readonly name: string;
  /** Rejects with the reason. It has a deadline of its own. */
  check(): Promise<void>;
}

/** How often a check is made, and when it concludes. */
const INTERVAL_MS = 1000;
/** While it fails: the first order should succeed within a second of the database's return, and much follows after this. */
const FAILING_INTERVAL_MS = 100;
/** Single slow answers are normal on a busy machine; three in a row are not. */
const FAILURES = 3;

/**
 * Asks a check again and again in the background, so that `/readyz` answers from memory and at once, also when the
 * store does not answer at all. Not ready until the check has succeeded once; not ready again after three failures in a
 * row; ready after one success.
 */
export class BackgroundCheck {
  private failures = FAILURES;
  private reason = 'not asked yet';
  private readonly stopped = new AbortController();

  constructor(
    private readonly subject: ReadinessCheck,
    private readonly onChange: (state: CheckState) => void = () => undefined,
  ) {
    void this.run();
  }

  get name(): string {
    return this.subject.name;
  }

  get state(): CheckState {
    return this.failures < FAILURES ? { ok: true } : { ok: false, reason: this.reason };
  }

  /** Ends the asking. */
  stop(): void {
    this.stopped.abort();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const before = this.state.ok;
      try {
        await this.subject.check();
        this.failures = 0;
      } catch (error) {
        this.failures = Math.min(FAILURES, this.failures + 1);
        this.reason = error instanceof Error ? error.message : String(error);
      }
      if (this.state.ok !== before) this.onChange(this.state);
      await pause(this.failures === 0 ? INTERVAL_MS : FAILING_INTERVAL_MS, undefined, {
        signal,
        ref: false,
      }).catch(() => undefined);
    }
  }
}
