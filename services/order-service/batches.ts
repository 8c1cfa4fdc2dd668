/** How batches are made, and what is done with them. */
export interface BatchesOptions<Item, Result> {
  /** Batches under way at most. */
  readonly atOnce: number;
  /** Items in a batch at most. */
  readonly largest: number;
  /**
   * Does the work for all items of a batch. When it fails, all of them fail.
   *
   * @returns says what came of each one
   */
  readonly run: (items: readonly Item[]) => Promise<(item: Item) => Result | Promise<Result>>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly done: (result: Result | Promise<Result>) => void;
  readonly fail: (error: unknown) => void;
}

/** A batch that takes longer waits for something that those behind it need not wait for. */
const SLOW_MS = 50;

/**
 * Group commit: what comes while earlier work is under way goes together in the next batch, so the busier, the less
 * each one costs. Nobody waits for a batch to become full: who comes alone goes at once.
 */
export class Batches<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;
  private planned = false;

  constructor(private readonly options: BatchesOptions<Item, Result>) {}

  /** What came of the item. @throws what its batch failed with */
  add(item: Item): Promise<Result> {
    return new Promise((done, fail) => {
      this.waiting.push({ item, done, fail });
      this.plan();
    });
  }

  private plan(): void {
    if (this.planned || this.waiting.length === 0 || this.underWay >= this.options.atOnce) return;
    this.planned = true;
    // Not now: further requests may have been read in the same turn of the event loop.
    setImmediate(() => {
      this.planned = false;
      void this.go();
    });
  }

  private async go(): Promise<void> {
    const { largest, run } = this.options;
    const batch = this.waiting.slice(0, largest);
    this.waiting = this.waiting.slice(largest);
    const leave = this.enter();
    try {
      const resultOf = await run(batch.map(({ item }) => item));
      for (const { item, done } of batch) done(resultOf(item));
    } catch (error) {
      for (const { fail } of batch) fail(error);
    } finally {
      leave();
    }
  }

  /** Takes one of the places for batches under way. @returns gives it back, which a slow batch does earlier */
  private enter(): () => void {
    this.underWay += 1;
    let inside = true;
    const leave = (): void => {
      clearTimeout(slow);
      if (!inside) return;
      inside = false;
      this.underWay -= 1;
      this.plan();
    };
    const slow = setTimeout(leave, SLOW_MS);
    this.plan();
    return leave;
  }
}
