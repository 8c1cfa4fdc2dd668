import type { OVERLOAD_LIMITS } from '../limits.js';
import { CRITICALITIES, type Criticality } from './criticality.js';
import { ProcessorSlice } from './processor-slice.js';
import { SheddableRate } from './sheddable-rate.js';
import { type WaitingRequest, WaitingRequests } from './waiting-requests.js';

/** The numbers of {@link OVERLOAD_LIMITS}. */
export type OverloadLimits = Readonly<Record<keyof typeof OVERLOAD_LIMITS, number>>;

/** A request whose headers are there. */
export interface ArrivedRequest {
  readonly criticality: Criticality;
  /** Whether its client has gone already. */
  readonly isGone: () => boolean;
  readonly begin: () => void;
  /** Answers that it will not be begun. */
  readonly refuse: () => void;
}

/** What an admission queue is made with. */
export interface AdmissionQueueOptions {
  readonly limits: OverloadLimits;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds of processor that this process has used. */
  readonly processorMs: () => number;
  /** Calls back when this turn of the event loop is over. */
  readonly nextTurn: (callback: () => void) => void;
  /** Calls back after {@link OVERLOAD_LIMITS.newcomerLookMs}. */
  readonly later: (callback: () => void) => void;
}

/**
 * Begins requests as the processor comes to them, and refuses those that would wait for too long.
 *
 * A process that has too much to do does not see it: it takes a connection, a request, an answer at a time, and whatever waits does so
 * in the kernel, uncounted, in the order of its coming, until each answer comes too late for whoever asked. So a turn of the event
 * loop begins only what fits into a short slice. The others wait here, where they are counted, ordered and refused:
 *
 * - What is sheddable is let in at the rate that those who have begun can bear ({@link SheddableRate}), and waits outside until then. It
 *   is refused when many wait there: a few of them are no crowd, but the second for which a machine has stood still.
 * - The others wait by CoDel's rule, as Facebook has it for requests: while the queue has been empty not long ago, waiting is a burst
 *   that passes, and each may wait for `burstMs`; when it has not, none waits for longer than `standingMs`, and the newest is next.
 *
 * @see https://queue.acm.org/detail.cfm?id=2839461
 */
export class AdmissionQueue {
  private readonly waiting = new WaitingRequests<ArrivedRequest & WaitingRequest>();
  private readonly sheddable: SheddableRate;
  /** Sheddable requests that are not let in yet. */
  private readonly outside = new WaitingRequests<ArrivedRequest & WaitingRequest>();
  private isLookAwaited = false;
  /** From the first request on that is begun in a turn. */
  private readonly slice: ProcessorSlice;
  private isTurnAwaited = false;
  /** Whether somebody has connected in this turn. */
  private isSomebodyNew = false;
  /** Turns in a row in which nothing was begun, because somebody was new. */
  private looks = 0;
  private lastEmpty: number;
  /** How long the process stood still while somebody waited. */
  private stoodMs = 0;

  constructor(private readonly options: AdmissionQueueOptions) {
    const { limits, now, processorMs } = options;
    this.slice = new ProcessorSlice({ sliceMs: limits.sliceMs, now, processorMs });
    this.lastEmpty = this.now();
    this.sheddable = new SheddableRate(limits, this.lastEmpty);
  }

  /** A connection is there, whose request may follow. */
  connected(): void {
    this.isSomebodyNew = true;
  }

  /** Begins a request now or later, or refuses it. */
  arrived(request: ArrivedRequest): void {
    const { waiting, newcomers } = this.options.limits;
    const [queue, most] =
      request.criticality === 'sheddable' ? [this.outside, newcomers] : [this.waiting, waiting];
    queue.add({ ...request, since: this.now() });
    if (queue.size > most) queue.takeLeast()?.refuse();
    if (this.waiting.size + this.outside.size === 1) this.beginNext();
    this.awaitTurn();
  }

  /**
   * Milliseconds of a clock that stands still when the process does. Where others have the machine for two seconds, nobody is refused for
   * them after it: who waited is served at once then.
   */
  private now(): number {
    return this.options.now() - this.stoodMs;
  }

  /** Takes out what was longer than a turn, since it was asked for. */
  private standStill(asked: number): void {
    this.stoodMs += Math.max(0, this.now() - asked - this.options.limits.turnMs);
  }

  private isStanding(now: number): boolean {
    return now - this.lastEmpty > this.options.limits.burstMs;
  }

  private begin(request: ArrivedRequest & WaitingRequest, now: number): void {
    this.slice.begin();
    if (request.criticality === 'usual') this.sheddable.waited(now - request.since, now);
    request.begin();
  }

  private awaitTurn(): void {
    if (this.isTurnAwaited) return;
    this.isTurnAwaited = true;
    const asked = this.now();
    this.options.nextTurn(() => {
      this.isTurnAwaited = false;
      this.standStill(asked);
      this.slice.end();
      this.turn();
    });
  }

  private turn(): void {
    // The event loop accepts one connection a turn (https://github.com/libuv/libuv/pull/3696). Who is new is seen before more is begun; else a queue of
    // connections would grow in the kernel, and who has waited there for seconds is served before who has just come.
    const looksFirst = this.isSomebodyNew && this.looks < this.options.limits.looks;
    this.isSomebodyNew = false;
    this.looks = looksFirst ? this.looks + 1 : 0;
    if (!looksFirst) this.beginNext();
    // Also when something was begun in this turn, whose slice ends with it.
    if (looksFirst || this.waiting.size > 0 || this.slice.hasBegun) this.awaitTurn();
    else if (this.outside.size > 0) this.awaitLook();
  }

  /** Until somebody may be let in. */
  private awaitLook(): void {
    if (this.isLookAwaited) return;
    this.isLookAwaited = true;
    const asked = this.now();
    this.options.later(() => {
      this.isLookAwaited = false;
      this.standStill(asked);
      this.awaitTurn();
    });
  }

  private beginNext(): void {
    let now = this.now();
    this.refuseLate(now);
    while (this.waiting.size > 0 && this.slice.hasTime()) {
      now = this.beginOne(this.waiting.next(this.isStanding(now) ? 'newest first' : 'oldest first'), now);
    }
    if (this.waiting.size > 0) return;
    this.lastEmpty = now;
    while (this.outside.size > 0 && this.slice.hasTime() && this.sheddable.admits(now)) {
      now = this.beginOne(this.outside.next('newest first'), now);
    }
  }

  /** @returns what time it is then */
  private beginOne(request: (ArrivedRequest & WaitingRequest) | undefined, now: number): number {
    if (request?.isGone() === false) this.begin(request, now);
    return this.now();
  }

  private refuseLate(now: number): void {
    const { burstMs, standingMs, newcomerMs } = this.options.limits;
    for (const late of this.outside.takeBefore(now - newcomerMs, 'sheddable'))
      if (!late.isGone()) late.refuse();
    for (const criticality of CRITICALITIES) {
      // What makes the load end waits for as long as anybody may.
      const most = criticality !== 'critical' && this.isStanding(now) ? standingMs : burstMs;
      for (const late of this.waiting.takeBefore(now - most, criticality)) {
        if (criticality === 'usual') this.sheddable.waited(now - late.since, now);
        if (!late.isGone()) late.refuse();
      }
    }
  }
}
