import type { OverloadLimits } from './admission-queue.js';

/** How much of the rate one window takes away at most, and at least, and how much one gives back. */
const LEAST_LEFT = 0.25;
const MOST_LEFT = 0.9;
const GROWTH = 1.05;
/** A wait that is this part of the last one is falling. */
const FALLING = 0.9;
/** As long as nobody waits, a window lets in so many times what those of the last seconds did, and this many in any case. */
const START_GROWTH = 2;
const START = 20;
/** What is left of those, a window later. */
const REMEMBERED = 0.9;

/**
 * How many sheddable requests a second are let in: as many as come, and of a crowd twice as many with each window, as TCP begins;
 * until those who have begun must wait; then as many as these can bear, found out by measuring. A window in which they wait takes a
 * part of the rate away, the more the longer they wait; one in which somebody was refused and nobody waited gives a little back, as
 * TCP finds out about a line (AIMD).
 *
 * Why not simply begin them when nobody else waits: a guest who is let in asks for five things more in the next seconds, and the
 * moment in which nobody waits says nothing about those. Tried: half of those who were let in were refused later, in the middle.
 *
 * Why not all of a crowd at first: that they must wait is seen two windows later, and who came meanwhile must be served for seconds.
 * Measured with five times as many guests as could be served: 46 of 49 who waited for more than a second had come in the first three.
 */
export class SheddableRate {
  private perSecond = Infinity;
  private tokens = 0;
  private lastFilled: number;
  private window: {
    readonly began: number;
    admitted: number;
    refused: number;
    waits: number;
    waitedMs: number;
  };
  private lastDecrease = -Infinity;
  /** The most that a window of the last seconds let in. */
  private recent = 0;
  /** The mean wait in the window before. */
  private lastWait = 0;
  /** When it last kept somebody out, or somebody waited. */
  private lastBinding = -Infinity;

  constructor(
    private readonly limits: Pick<
      OverloadLimits,
      'windowMs' | 'waitMs' | 'leastWaits' | 'leastPerSecond' | 'quietMs'
    >,
    now: number,
  ) {
    this.lastFilled = now;
    this.window = emptyWindow(now);
  }

  /** Whether one more is let in; then it is counted. */
  admits(now: number): boolean {
    this.adapt(now);
    if (this.perSecond === Infinity) {
      const isMore = this.window.admitted >= Math.max(START, this.recent * START_GROWTH);
      this.window[isMore ? 'refused' : 'admitted'] += 1;
      return !isMore;
    }
    const perMs = this.perSecond / 1000;
    // At most what a window gives: those who have not come leave no room for a crowd.
    const most = Math.max(1, perMs * this.limits.windowMs);
    this.tokens = Math.min(most, this.tokens + perMs * (now - this.lastFilled));
    this.lastFilled = now;
    if (this.tokens < 1) {
      this.window.refused += 1;
      return false;
    }
    this.tokens -= 1;
    this.window.admitted += 1;
    return true;
  }

  /** Somebody who had begun already has waited for so many milliseconds. */
  waited(milliseconds: number, now: number): void {
    this.window.waits += 1;
    this.window.waitedMs += milliseconds;
    this.adapt(now);
  }

  private adapt(now: number): void {
    const { began, admitted, refused, waits, waitedMs } = this.window;
    const { windowMs, waitMs, leastWaits, leastPerSecond, quietMs } = this.limits;
    const elapsed = now - began;
    if (elapsed < windowMs) return;
    // A few that waited are a cold start or a collected garbage, and no crowd.
    const wait = waits < leastWaits ? 0 : waitedMs / waits;
    if (wait > waitMs || refused > 0) this.lastBinding = now;
    if (wait > waitMs) {
      // Whom the last decrease came too late for is being served still; while they wait less and less it was enough.
      const isFalling = wait <= this.lastWait * FALLING;
      // One slow window is a burst, which passes.
      const isBurst = this.perSecond === Infinity && this.lastWait <= waitMs;
      if (now - this.lastDecrease >= 3 * windowMs && !isFalling && !isBurst) {
        const left = Math.min(MOST_LEFT, Math.max(LEAST_LEFT, Math.sqrt(waitMs / wait)));
        const rate = Math.min(this.perSecond, (admitted * 1000) / elapsed);
        this.perSecond = Math.max(leastPerSecond, rate * left);
        this.lastDecrease = now;
        this.lastFilled = now;
      }
    } else if (refused > 0) {
      this.perSecond *= GROWTH;
    } else if (now - this.lastBinding > quietMs) {
      this.perSecond = Infinity;
    }
    this.lastWait = wait;
    const windows = elapsed / windowMs;
    this.recent = Math.max(admitted / windows, this.recent * REMEMBERED ** windows);
    this.window = emptyWindow(now);
  }
}

const emptyWindow = (began: number): SheddableRate['window'] => ({
  began,
  admitted: 0,
  refused: 0,
  waits: 0,
  waitedMs: 0,
});
