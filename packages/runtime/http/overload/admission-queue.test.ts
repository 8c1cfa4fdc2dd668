import { describe, expect, test } from '@jest/globals';
import { OVERLOAD_LIMITS } from '../limits.js';
import { AdmissionQueue, type OverloadLimits } from './admission-queue.js';
import type { Criticality } from './criticality.js';

/** A process of which each request costs so many milliseconds at once, on a clock and an event loop of its own. */
class Process {
  readonly outcomes: string[] = [];
  readonly gone = new Set<string>();
  /** How long others have the machine while one request is begun. */
  stolenMs = 0;
  private time = 0;
  private processor = 0;
  private turns: (() => void)[] = [];
  private readonly queue: AdmissionQueue;

  constructor(
    private readonly costMs: number,
    limits: Partial<OverloadLimits> = {},
  ) {
    this.queue = new AdmissionQueue({
      limits: { ...OVERLOAD_LIMITS, sliceMs: 2, burstMs: 100, standingMs: 20, ...limits },
      now: () => this.time,
      processorMs: () => this.processor,
      nextTurn: (callback) => this.turns.push(callback),
      later: (callback) => this.turns.push(callback),
    });
  }

  arrive(name: string, criticality: Criticality = 'usual'): void {
    this.queue.arrived({
      criticality,
      isGone: () => this.gone.has(name),
      begin: () => {
        this.time += this.costMs + this.stolenMs;
        this.processor += this.costMs;
        this.outcomes.push(`${name} begun`);
      },
      refuse: () => {
        this.outcomes.push(`${name} refused`);
      },
    });
  }

  connect(): void {
    this.queue.connected();
  }

  turn(): void {
    const turns = this.turns;
    this.turns = [];
    for (const turn of turns) turn();
  }

  pass(milliseconds: number): void {
    this.time += milliseconds;
  }

  get isIdle(): boolean {
    return this.turns.length === 0;
  }

  /** Until there is nothing to do. */
  run(): void {
    while (!this.isIdle) this.turn();
  }
}

describe('a queue of requests', () => {
  test('begins one at once when there is time, and lets no turn run when there is nothing to do', () => {
    const one = new Process(1);
    one.arrive('a');
    expect(one.outcomes).toEqual(['a begun']);
    one.turn();
    expect(one.isIdle).toBe(true);
  });

  test('begins in a turn what fits into its slice, and the others in the next ones, in order', () => {
    const one = new Process(1);
    for (const name of ['a', 'b', 'c', 'd', 'e']) one.arrive(name);
    expect(one.outcomes).toEqual(['a begun', 'b begun']);
    one.turn();
    expect(one.outcomes.slice(2)).toEqual(['c begun', 'd begun']);
    one.turn();
    expect(one.outcomes.slice(4)).toEqual(['e begun']);
    one.turn();
    expect(one.isIdle).toBe(true);
  });

  test('begins as much in a turn where others have the machine in the middle of it', () => {
    const one = new Process(0.5);
    one.stolenMs = 50;
    for (const name of ['a', 'b', 'c', 'd', 'e']) one.arrive(name);
    expect(one.outcomes).toEqual(['a begun', 'b begun', 'c begun', 'd begun']);
  });

  test('refuses nobody for the time in which the process stood still', () => {
    const one = new Process(2, { turnMs: 10, burstMs: 100, newcomerMs: 100 });
    for (const name of ['a', 'b']) one.arrive(name);
    one.arrive('new', 'sheddable');
    one.pass(3000);
    one.run();
    expect(one.outcomes).toEqual(['a begun', 'b begun', 'new begun']);
  });

  test('begins what is critical first', () => {
    const one = new Process(2);
    one.arrive('a');
    one.arrive('b');
    one.arrive('new', 'sheddable');
    one.arrive('cook', 'critical');
    for (let turn = 0; turn < 3; turn += 1) one.turn();
    expect(one.outcomes).toEqual(['a begun', 'cook begun', 'b begun', 'new begun']);
  });

  test('refuses who has waited for too long, and nobody in a burst', () => {
    const one = new Process(2);
    for (let count = 0; count < 40; count += 1) one.arrive(String(count));
    one.run();
    expect(one.outcomes.filter((outcome) => outcome.endsWith('refused'))).toEqual([]);
    for (let count = 0; count < 80; count += 1) one.arrive(String(count));
    one.run();
    const refused = one.outcomes.filter((outcome) => outcome.endsWith('refused')).length;
    // 100 ms for a burst are 50 of them.
    expect(refused).toBeGreaterThanOrEqual(25);
    expect(refused).toBeLessThanOrEqual(31);
  });

  test('begins the newest first and refuses early when it has been full for long, but what is critical', () => {
    const one = new Process(2);
    // Three come while two are begun.
    for (let count = 0; count < 300; count += 1) {
      one.arrive(`a${count}`);
      if (count % 3 !== 0) one.turn();
    }
    one.outcomes.length = 0;
    one.arrive('older');
    one.arrive('newer');
    one.turn();
    expect(one.outcomes.filter((outcome) => outcome.endsWith('begun'))).toEqual(['newer begun']);
    one.arrive('cook', 'critical');
    one.pass(30);
    one.turn();
    expect(one.outcomes).toContain('older refused');
    expect(one.outcomes).toContain('cook begun');
  });

  test('does nothing for who has gone', () => {
    const one = new Process(2);
    for (const name of ['a', 'b', 'c']) one.arrive(name);
    one.gone.add('b');
    one.run();
    expect(one.outcomes).toEqual(['a begun', 'c begun']);
    for (const name of ['d', 'e', 'f']) one.arrive(name);
    one.gone.add('f');
    one.pass(1000);
    one.run();
    expect(one.outcomes.slice(2)).toEqual(['d begun', 'e begun']);
  });

  test('holds so many and no more; the least critical one goes', () => {
    const one = new Process(2, { waiting: 1, newcomers: 1 });
    for (const name of ['a', 'b']) one.arrive(name);
    one.arrive('cook', 'critical');
    expect(one.outcomes).toEqual(['a begun', 'b refused']);
    for (const name of ['new', 'newer']) one.arrive(name, 'sheddable');
    expect(one.outcomes.slice(2)).toEqual(['new refused']);
  });

  test('looks who is new before it begins more, and not for ever', () => {
    const one = new Process(2, { looks: 3 });
    one.arrive('a');
    one.arrive('b');
    for (let look = 0; look < 3; look += 1) {
      one.connect();
      one.turn();
    }
    expect(one.outcomes).toEqual(['a begun']);
    one.connect();
    one.turn();
    expect(one.outcomes).toEqual(['a begun', 'b begun']);
  });

  test('lets fewer newcomers in while those wait who have begun', () => {
    const one = new Process(2);
    for (let round = 0; round < 400; round += 1) {
      one.arrive('new', 'sheddable');
      one.arrive('a');
      one.arrive('b');
      one.turn();
      one.turn();
    }
    expect(one.outcomes.filter((outcome) => outcome === 'new refused').length).toBeGreaterThan(50);
    expect(one.outcomes).not.toContain('a refused');
  });

  test('lets the newest newcomer in, and refuses the oldest', () => {
    const one = new Process(2, { newcomers: 3 });
    one.arrive('a');
    for (const name of ['v', 'w', 'x', 'y', 'z']) one.arrive(name, 'sheddable');
    one.run();
    expect(one.outcomes).toEqual([
      ...['a begun', 'v refused', 'w refused'],
      ...['z begun', 'y begun', 'x begun'],
    ]);
  });

  test('refuses a newcomer who has waited outside for too long', () => {
    const one = new Process(2, { newcomerMs: 150, turnMs: 200 });
    one.arrive('a');
    one.arrive('new', 'sheddable');
    one.pass(151);
    one.run();
    expect(one.outcomes).toEqual(['a begun', 'new refused']);
  });
});
