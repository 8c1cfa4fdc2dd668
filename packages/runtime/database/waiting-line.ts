import { type Deadline, remainingMs } from '../deadline.js';

interface Caller<Place> {
  readonly since: number;
  readonly until: Deadline;
  readonly done: (place: Place) => void;
  readonly fail: (error: unknown) => void;
  /** Sends it away at its deadline. */
  readonly limit: NodeJS.Timeout;
}

/**
 * Whoever has waited so long waits in a line that does not end. Then the newest are served first: they still have time to
 * use what they get, where the oldest would get it just when they give up.
 */
const LATE_MS = 100;

/** Callers who wait for a place, each until a deadline of its own. */
export class WaitingLine<Place> {
  private callers: readonly Caller<Place>[] = [];

  get length(): number {
    return this.callers.length;
  }

  /** @param late - what is thrown at the deadline */
  wait(until: Deadline, late: () => unknown): Promise<Place> {
    return new Promise((done, fail) => {
      const limit = setTimeout(() => {
        this.leave(caller);
        caller.fail(late());
      }, remainingMs(until));
      const caller: Caller<Place> = { since: performance.now(), until, done, fail, limit };
      this.callers = [...this.callers, caller];
    });
  }

  /** Gives a place to whose turn it is. @returns whether there was somebody */
  serve(place: Place): boolean {
    // Those whose time is over are sent away by their timers, which may be late.
    const waiting = this.callers.filter(({ until }) => remainingMs(until) > 0);
    const [oldest] = waiting;
    const late = oldest !== undefined && performance.now() - oldest.since > LATE_MS;
    const next = late ? waiting.at(-1) : oldest;
    if (next === undefined) return false;
    this.leave(next);
    next.done(place);
    return true;
  }

  /** Sends everybody away. */
  refuse(error: unknown): void {
    for (const caller of this.callers) {
      this.leave(caller);
      caller.fail(error);
    }
  }

  private leave(caller: Caller<Place>): void {
    clearTimeout(caller.limit);
    this.callers = this.callers.filter((each) => each !== caller);
  }
}
