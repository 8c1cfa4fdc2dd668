import { isUnheard } from './database-error.js';

/** What log-ins are made for. */
export interface LogInsOptions {
  /** Logs in. Must end by itself. */
  readonly logIn: () => Promise<void>;
  /** Connections that are wanted beyond those that there are. */
  readonly wanted: () => number;
  /** Whether there is a connection that answers. */
  readonly answering: () => boolean;
}

/** While others answer. */
const AT_ONCE = 2;
/** While none answers one looks for all, and only when it hears nothing for so long another one goes beside it; then twice that. */
const PATIENCE_MS = 1000;
const LONGEST_PATIENCE_MS = 4000;
/** Between two attempts, at first, and at most. Nobody is bothered by one that nobody hears. */
const BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 500;

/**
 * Decides when the next log-in begins. Log-ins are the most expensive thing that PostgreSQL is asked for, and after a
 * restart every process wants them at once. So they are made a few at a time, none is given up in the middle, and those
 * that fail come back later, each process at a moment of its own (docs/decisions/login-storm.md).
 */
export class LogIns {
  private readonly underWay = new Set<Promise<void>>();
  private newest = 0;
  /** In a row, by somebody who has heard us. */
  private refusals = 0;
  private notBefore = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: LogInsOptions) {}

  /** How many are under way. */
  get count(): number {
    return this.underWay.size;
  }

  /** Begins what may begin now, and the rest when it may. */
  readonly next = (): void => {
    clearTimeout(this.timer);
    while (this.options.wanted() > 0) {
      const wait = this.waitMs();
      if (wait > 0) {
        if (Number.isFinite(wait)) this.timer = setTimeout(this.next, wait).unref();
        return;
      }
      this.begin();
    }
  };

  /** Begins no more. Resolves when those that are under way have ended. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all(this.underWay);
  }

  /** Milliseconds until the next one may begin; Infinity when one that is under way must end before. */
  private waitMs(): number {
    const now = performance.now();
    const backoff = this.notBefore - now;
    const count = this.underWay.size;
    if (this.options.answering()) return count < AT_ONCE ? backoff : Infinity;
    if (count === 0) return backoff;
    const patience = Math.min(PATIENCE_MS * 2 ** (count - 1), LONGEST_PATIENCE_MS);
    return Math.max(backoff, this.newest + patience - now);
  }

  private begin(): void {
    this.newest = performance.now();
    const logIn = this.options
      .logIn()
      .then(
        () => {
          this.refusals = 0;
        },
        (error: unknown) => {
          this.failed(error);
        },
      )
      .finally(() => {
        this.underWay.delete(logIn);
        this.next();
      });
    this.underWay.add(logIn);
  }

  private failed(error: unknown): void {
    this.refusals = isUnheard(error) ? 0 : this.refusals + 1;
    const backoff = Math.min(BACKOFF_MS * 2 ** Math.max(0, this.refusals - 1), LONGEST_BACKOFF_MS);
    this.notBefore = performance.now() + backoff * (0.5 + Math.random() / 2);
  }
}
