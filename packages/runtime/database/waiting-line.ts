import { type Deadline, remainingMs } from '../deadline.js';

interface Caller<Place> {
  readonly until: Deadline;
  readonly done: (place: Place) => void;
  readonly fail: (error: unknown) => void;
  /** Sends it away at its deadline. */
  readonly limit: NodeJS.Timeout;
}

/**
 * A line in which somebody has waited for so long although places came is one that does not end. Then the newest are served
 * first: they still have time to use what they get, where the oldest would get it just when they give up.
 *
 * The time in which no place came does not count. Whoever has waited for a database's return has waited for seconds, but the
 * line ends in a moment when it is back: there the oldest is next, whose deadline is. Measured when it was not, after an
 * absence of 5 s: those who had come in its last second were served, and those who had come in its first gave up meanwhile.
 */
const STANDING_MS = 1000;

/**
 * Who has less time left is served after those who have more: on a busy machine one statement on a new connection takes a
 * tenth of a second. On a quiet one the others are done in a moment, and their turn comes.
 */
const USABLE_MS = 250;

/** Callers who wait for a place, each until a deadline of its own. */
export class WaitingLine<Place> {
  private callers: readonly Caller<Place>[] = [];
  /** When the first place came to the line that has not ended since. */
  private movesSince: number | undefined;

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
      const caller: Caller<Place> = { until, done, fail, limit };
      this.callers = [...this.callers, caller];
    });
  }

  /** Gives a place to whose turn it is. @returns whether there was somebody */
  serve(place: Place): boolean {
    // Those whose time is over are sent away by their timers, which may be late.
    const waiting = this.callers.filter(({ until }) => remainingMs(until) > 0);
    const now = performance.now();
    this.movesSince ??= now;
    const oldest = waiting.find(({ until }) => remainingMs(until) > USABLE_MS) ?? waiting[0];
    const next = now - this.movesSince > STANDING_MS ? waiting.at(-1) : oldest;
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
    if (this.callers.length === 0) this.movesSince = undefined;
  }
}
