import { CRITICALITIES, type Criticality } from './criticality.js';

/** A request that waits to be begun. */
export interface WaitingRequest {
  readonly criticality: Criticality;
  /** When it came, in milliseconds. */
  readonly since: number;
}

/** Of so many that are begun one after the other, at least one is not critical: whoever calls itself so keeps nobody out. */
const CRITICAL_IN_A_ROW = 3;

/**
 * Requests that wait, the most critical first. Of equal ones the oldest is next, and the newest when there are too many: who has
 * waited for long has given up or soon will, and in the order of their coming everybody would be answered too late ("adaptive
 * LIFO", https://queue.acm.org/detail.cfm?id=2839461).
 */
export class WaitingRequests<Request extends WaitingRequest> {
  private readonly queues: Readonly<Record<Criticality, Request[]>> = {
    critical: [],
    usual: [],
    sheddable: [],
  };
  private criticalInARow = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(request: Request): void {
    this.queues[request.criticality].push(request);
    this.count += 1;
  }

  /** Takes out the one that is next. */
  next(order: 'oldest first' | 'newest first'): Request | undefined {
    const { critical, usual, sheddable } = this.queues;
    const others = usual.length > 0 ? usual : sheddable;
    const isTheirTurn = others.length > 0 && this.criticalInARow >= CRITICAL_IN_A_ROW;
    const queue = critical.length > 0 && !isTheirTurn ? critical : others;
    this.criticalInARow = queue === critical ? this.criticalInARow + 1 : 0;
    const request = order === 'oldest first' ? queue.shift() : queue.pop();
    if (request) this.count -= 1;
    return request;
  }

  /** Takes out all of one kind that came before this time. */
  takeBefore(time: number, criticality: Criticality): readonly Request[] {
    const queue = this.queues[criticality];
    const newer = queue.findIndex(({ since }) => since >= time);
    const taken = queue.splice(0, newer === -1 ? queue.length : newer);
    this.count -= taken.length;
    return taken;
  }

  /** Takes out the one that is least critical, and of these the oldest. */
  takeLeast(): Request | undefined {
    for (const criticality of CRITICALITIES.toReversed()) {
      const request = this.queues[criticality].shift();
      if (!request) continue;
      this.count -= 1;
      return request;
    }
    return undefined;
  }
}
