import { setTimeout as pause } from 'node:timers/promises';
import type { Turn } from '../order-service/guess-turn.js';
import { LIMITS } from './limits.js';

/** The wrong guesses of all pods together. */
export interface SharedGuesses {
  /** @returns the turn of one more; nothing when nobody answers */
  take(client: string): Promise<Turn | 'too many' | undefined>;
  forget(client: string): Promise<void>;
}

/** What this pod knows of a client. */
interface Lane {
  /** Wrong passwords, one after the other, with those whose turn is to come. */
  wrong: number;
  /** When the last one is asked, or was. */
  turnAt: number;
  /** Those that have been let in here, and not been asked. */
  waiting: number;
}

/** How a guess waits, and what tells the time: milliseconds that never go back. */
export interface GuessClock {
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly now: () => number;
}

const CLOCK: GuessClock = { wait: (ms) => pause(ms), now: () => performance.now() };

/**
 * Slows down whoever guesses, and locks nobody out: the guesses of one client have their turns behind one another over all
 * pods, and each wrong password makes the next one wait longer. Whoever knows the password from before has a lane of their own.
 *
 * While nobody answers for the count of all pods, each goes on from what it has last heard, with its own guesses.
 */
export class Guesses {
  private readonly lanes = new Map<string, Lane>();

  /** @param clock - tests do not wait */
  constructor(
    private readonly shared: SharedGuesses,
    private readonly clock: GuessClock = CLOCK,
  ) {}

  /**
   * Asks whether a password is right, when it is its turn.
   *
   * @returns whether it is; nothing when too many of the same lane wait already
   */
  async ask(name: string, isRight: () => Promise<boolean>): Promise<boolean | undefined> {
    const lane = this.laneOf(name);
    // Not even asked for a turn: a flood of guesses shall not reach the database.
    if (lane.waiting >= LIMITS.guessesWaiting) return undefined;
    lane.waiting += 1;
    try {
      const shared = await this.shared.take(name);
      if (shared === 'too many') return undefined;
      const { now, wait } = this.clock;
      const turn = shared ?? nextTurn(lane, now());
      lane.wrong = turn.wrong;
      lane.turnAt = now() + turn.waitMs;
      await wait(turn.waitMs);
      const right = await isRight();
      if (!right) return false;
      lane.wrong = 0;
      lane.turnAt = 0;
      if (shared) await this.shared.forget(name);
      return true;
    } finally {
      lane.waiting -= 1;
    }
  }

  /** How many wrong ones in a row came from there. */
  wrongFrom(name: string): number {
    return this.lanes.get(name)?.wrong ?? 0;
  }

  private laneOf(name: string): Lane {
    const lane = this.lanes.get(name) ?? { wrong: 0, turnAt: 0, waiting: 0 };
    this.lanes.delete(name);
    this.lanes.set(name, lane);
    if (this.lanes.size <= LIMITS.clients) return lane;
    // The one that has been silent for longest, unless somebody waits in it.
    for (const [each, { waiting }] of this.lanes) {
      if (waiting > 0 || each === name) continue;
      this.lanes.delete(each);
      break;
    }
    return lane;
  }
}

/** As order-service reckons. */
const nextTurn = ({ wrong, turnAt }: Lane, now: number): Turn => ({
  wrong: wrong + 1,
  waitMs: Math.max(0, turnAt - now) + (LIMITS.guessDelaysMs.slice(0, wrong + 1).at(-1) ?? 0),
});
