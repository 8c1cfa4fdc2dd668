/** A request that waits until there is room for it. */
export interface WaitingRequest {
  readonly urgent: boolean;
  /** When it came, on the clock of whoever waits. */
  readonly since: number;
}

/**
 * Requests that wait: urgent ones first, and of equal ones the oldest, until that has waited for too long. Then the newest: who
 * has waited for long has given up or soon will, and in the order of their coming everybody would be answered too late. "Adaptive
 * LIFO" in https://queue.acm.org/detail.cfm?id=2839461 (Fail at Scale).
 */
export class WaitingRequests<Request extends WaitingRequest> {
  private readonly urgent: Request[] = [];
  private readonly others: Request[] = [];

  /** @param lateMs - after which waiting is too long */
  constructor(
    private readonly most: number,
    private readonly lateMs: number,
  ) {}

  /** Whether one waits that goes before a new one. */
  isBefore(urgent: boolean): boolean {
    return this.urgent.length > 0 || (!urgent && this.others.length > 0);
  }

  /** Adds one. @returns the oldest of its kind when there are too many now, which waits no longer */
  add(request: Request): Request | undefined {
    const queue = request.urgent ? this.urgent : this.others;
    queue.push(request);
    return queue.length > this.most ? queue.shift() : undefined;
  }

  /** Takes out the one that is next, of the urgent ones alone when only they have room. */
  next(now: number, onlyUrgent: boolean): Request | undefined {
    const queue = this.urgent.length > 0 || onlyUrgent ? this.urgent : this.others;
    const [oldest] = queue;
    return oldest && now - oldest.since > this.lateMs ? queue.pop() : queue.shift();
  }

  /** Takes out all that came at this time or before. */
  takeUntil(time: number): readonly Request[] {
    return [this.urgent, this.others].flatMap((queue) => {
      const newer = queue.findIndex(({ since }) => since > time);
      return queue.splice(0, newer === -1 ? queue.length : newer);
    });
  }
}
