import type { Deadline } from '../../deadline.js';
import type { Logger } from '../../log.js';
import type { Metrics } from '../../metrics.js';
import { OVERLOAD_LIMITS } from '../limits.js';
import { ConcurrencyLimit, type OverloadLimits } from './concurrency-limit.js';
import { OverloadProblem, type ShedReason } from './overload-problem.js';
import { type WaitingRequest, WaitingRequests } from './waiting-requests.js';

/** What is asked of a request before it is begun. */
export interface LoadedRequest {
  /** Whether it goes before others, and has a share of its own. */
  readonly urgent: boolean;
  /** When nobody waits for its answer any more. @default - nobody knows */
  readonly deadline?: Deadline | undefined;
  /** Whether its client has gone already. */
  readonly isGone: () => boolean;
}

/** What a load shedder is made with. */
export interface LoadShedderOptions {
  readonly metrics: Pick<Metrics, 'requestsShed' | 'concurrencyLimit' | 'requestsInFlight'>;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  /** @default - OVERLOAD_LIMITS, number by number */
  readonly limits?: Partial<OverloadLimits>;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly now?: () => number;
  /** Calls back when the event loop has looked for new requests. @default setImmediate */
  readonly nextTurn?: (callback: () => void) => void;
}

interface Entry extends LoadedRequest, WaitingRequest {
  readonly begin: () => void;
  readonly shed: (reason: ShedReason) => void;
}

/**
 * Begins as many requests as can be answered in time, and refuses the others early: so many at once as
 * {@link ConcurrencyLimit} finds out, the next ones after a short wait, and the rest never.
 *
 * What burns the processor is never answered two at once, and the kernel would keep the queue, where nobody sees it. So a turn
 * of the event loop begins only as many as fit into a slice of time; the others wait here, where they can be given up.
 */
export class LoadShedder {
  private readonly limits: OverloadLimits;
  private readonly limit: ConcurrencyLimit;
  private readonly waiting: WaitingRequests<Entry>;
  private readonly now: () => number;
  private readonly nextTurn: (callback: () => void) => void;
  private readonly timer: NodeJS.Timeout;
  private inFlight = 0;
  /** When the first request of this turn of the event loop was begun. */
  private turnBegan: number | undefined;
  private lastMeasured: number;
  private lastShed = -Infinity;
  private isShedding = false;

  constructor(private readonly options: LoadShedderOptions) {
    this.limits = { ...OVERLOAD_LIMITS, ...options.limits };
    this.limit = new ConcurrencyLimit(this.limits);
    this.waiting = new WaitingRequests(this.limits.waiting, this.limits.lateMs);
    this.now = options.now ?? (() => performance.now());
    this.nextTurn = options.nextTurn ?? setImmediate;
    this.lastMeasured = this.now();
    this.timer = setInterval(() => {
      this.measure();
    }, this.limits.measureMs).unref();
  }

  /**
   * Does the work when there is room for it.
   *
   * @throws OverloadProblem when it was not begun
   */
  async run<Result>(request: LoadedRequest, work: () => Promise<Result> | Result): Promise<Result> {
    if (this.hasRoom(request.urgent) && !this.waiting.isBefore(request.urgent)) this.begin();
    else await this.wait(request);
    const began = this.now();
    try {
      return await work();
    } finally {
      this.inFlight -= 1;
      this.limit.ended(this.now() - began);
      this.beginNext();
    }
  }

  /** Adapts the limit to what was seen, and gives up who has waited for too long. Called every now and then. */
  measure(): void {
    const now = this.now();
    this.limit.adapt(now - this.lastMeasured - this.limits.measureMs);
    this.lastMeasured = now;
    this.beginNext();
    const { metrics, log } = this.options;
    metrics.concurrencyLimit.set(this.limit.value);
    metrics.requestsInFlight.set(this.inFlight);
    if (this.isShedding && now - this.lastShed > this.limits.quietMs) {
      this.isShedding = false;
      log.info('all requests are answered again');
    }
  }

  /** No more measuring. */
  close(): void {
    clearInterval(this.timer);
  }

  private hasRoom(urgent: boolean): boolean {
    const { value } = this.limit;
    const most = urgent ? value + Math.ceil(value * this.limits.urgentShare) : value;
    return this.inFlight < most && !this.isSliceUsed;
  }

  private get isSliceUsed(): boolean {
    return this.turnBegan !== undefined && this.now() - this.turnBegan >= this.limits.sliceMs;
  }

  private begin(): void {
    this.inFlight += 1;
    this.limit.begun(this.inFlight);
    this.startTurn();
  }

  private startTurn(): void {
    if (this.turnBegan !== undefined) return;
    this.turnBegan = this.now();
    this.nextTurn(() => {
      this.turnBegan = undefined;
      this.beginNext();
    });
  }

  private wait(request: LoadedRequest): Promise<void> {
    return new Promise((begin, fail) => {
      const shed = (reason: ShedReason): void => {
        this.note(reason);
        fail(new OverloadProblem(reason));
      };
      this.waiting.add({ ...request, since: this.now(), begin, shed })?.shed('full');
      this.startTurn();
    });
  }

  /** One only: what it does is seen when this turn of the event loop is over, and not before. */
  private beginNext(): void {
    const now = this.now();
    for (const entry of this.waiting.takeUntil(now - this.limits.waitMs)) entry.shed('waited');
    while (this.hasRoom(true)) {
      const entry = this.waiting.next(now, !this.hasRoom(false));
      if (!entry) return;
      if (entry.isGone() || (entry.deadline !== undefined && entry.deadline <= now)) {
        entry.shed('deadline');
        continue;
      }
      this.begin();
      entry.begin();
      return;
    }
    // Its end, or the next turn, comes back here.
  }

  private note(reason: ShedReason): void {
    const { metrics, log } = this.options;
    metrics.requestsShed.inc({ reason });
    this.lastShed = this.now();
    if (this.isShedding) return;
    this.isShedding = true;
    log.warn(
      { inFlight: this.inFlight, limit: this.limit.value },
      'there is more to do than can be done: requests are refused until there is less',
    );
  }
}
