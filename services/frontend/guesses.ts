import { setTimeout as pause } from 'node:timers/promises';
import { LIMITS } from './limits.js';

interface Lane {
  /** Wrong passwords, one after the other. */
  readonly wrong: number;
  readonly waiting: number;
  /** The end of the last one that waits. */
  readonly tail: Promise<unknown>;
}

const EMPTY: Lane = { wrong: 0, waiting: 0, tail: Promise.resolve() };

/**
 * Slows down whoever guesses, and locks nobody out: those of one address are asked one after the other, and each wrong
 * password makes the next one wait longer. Whoever knows the password from before has a lane of their own.
 */
export class Guesses {
  private readonly lanes = new Map<string, Lane>();

  /** @param wait - for milliseconds; tests do not wait */
  constructor(private readonly wait: (milliseconds: number) => Promise<unknown> = (ms) => pause(ms)) {}

  /**
   * Asks whether a password is right, when it is its turn.
   *
   * @returns whether it is; nothing when too many of the same lane wait already
   */
  async ask(name: string, isRight: () => Promise<boolean>): Promise<boolean | undefined> {
    const lane = this.lanes.get(name) ?? EMPTY;
    if (lane.waiting >= LIMITS.guessesWaiting) return undefined;
    const turn = lane.tail.then(async () => {
      await this.wait(delayAfter(this.lanes.get(name)?.wrong ?? 0));
      const right = await isRight();
      const { wrong, waiting, tail } = this.lanes.get(name) ?? EMPTY;
      this.keep(name, { wrong: right ? 0 : wrong + 1, waiting: waiting - 1, tail });
      return right;
    });
    this.keep(name, { ...lane, waiting: lane.waiting + 1, tail: turn.catch(() => undefined) });
    return turn;
  }

  /** How many wrong ones in a row came from there. */
  wrongFrom(name: string): number {
    return this.lanes.get(name)?.wrong ?? 0;
  }

  private keep(name: string, lane: Lane): void {
    this.lanes.delete(name);
    this.lanes.set(name, lane);
    if (this.lanes.size <= LIMITS.clients) return;
    // The one that has been silent for longest, unless somebody waits in it.
    for (const [each, { waiting }] of this.lanes) {
      if (waiting > 0) continue;
      this.lanes.delete(each);
      return;
    }
  }
}

/** A typing error costs nothing; ten wrong ones in a row, some seconds each. */
const delayAfter = (wrong: number): number =>
  wrong < LIMITS.freeGuesses ? 0 : Math.min(LIMITS.longestGuessMs, 250 * 2 ** (wrong - LIMITS.freeGuesses));
