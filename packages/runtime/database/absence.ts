import { type Deadline, endsWithin, remainingMs } from '../deadline.js';

/**
 * Whoever comes within this time waits for the return. A planned restart of PostgreSQL takes less, also on another node
 * (docs/decisions/short-absence.md). Later callers are told at once: then a page that says so is worth more than one that
 * waits.
 */
const PATIENCE_MS = 6000;
/**
 * Between two looks, whether or not the one before has ended: where a Service has no pod, most connections get no answer at
 * all, and the kernel asks again only after a second (docs/decisions/recovery.md).
 */
const LOOK_EVERY_MS = 100;

/** How something that is away is looked for. */
export interface AbsenceOptions {
  /** Rejects while it is away. Must end by itself. */
  readonly look: () => Promise<void>;
  /** Whoever comes within this time after it was missed waits for the return, in milliseconds. @default 6000 */
  readonly patienceMs?: number;
  /** Is called when it is back, with the milliseconds for which it was away. */
  readonly onBack?: (milliseconds: number) => void;
}

/** Lets callers wait for something that is away for a moment. One looks for all of them, so that its return is no rush. */
export class Absence {
  private since: number | undefined;
  private returning: Promise<void> | undefined;
  private waiting = 0;

  constructor(private readonly options: AbsenceOptions) {}

  /** Whether callers wait for its return now. */
  get current(): boolean {
    return this.returning !== undefined;
  }

  /**
   * Waits for the return.
   *
   * @param until - and no longer
   * @returns whether it is back
   */
  async end(until: Deadline): Promise<boolean> {
    this.since ??= performance.now();
    const remaining = remainingMs(until);
    const patience = this.options.patienceMs ?? PATIENCE_MS;
    if (performance.now() - this.since > patience || remaining === 0) return false;
    this.waiting += 1;
    this.returning ??= this.lookOut(this.since);
    try {
      return await endsWithin(this.returning, remaining);
    } finally {
      this.waiting -= 1;
    }
  }

  /** It has answered somebody: the next absence is a new one. */
  answered(): void {
    this.since = undefined;
  }

  /** Ends when it is back; never when nobody waits for that any more. */
  private lookOut(since: number): Promise<void> {
    return new Promise((back) => {
      let over = false;
      const end = (): void => {
        over = true;
        clearInterval(looks);
        this.returning = undefined;
      };
      const seen = (): void => {
        // Several looks may be under way.
        if (over) return;
        end();
        this.since = undefined;
        this.options.onBack?.(performance.now() - since);
        back();
      };
      const look = (): void => {
        if (this.waiting === 0) end();
        else this.options.look().then(seen, () => undefined);
      };
      const looks = setInterval(look, LOOK_EVERY_MS);
      look();
    });
  }
}
