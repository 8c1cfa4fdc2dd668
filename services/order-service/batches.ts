/** How batches are made, and what is done with them. */
export interface BatchesOptions<Item, Result> {
  /** Batches under way at most. */
  readonly atOnce: number;
  /** Items in a batch at most. */
  readonly largest: number;
  /**
   * Does the work for all items of a batch. When it fails, all of them fail.
   *
   * @param items - what is in the batch
   * @param begin - to be called when the work begins, each time that it does: batches that still wait for their begin give
   *   what they have to this one. Returns what is in it then
   * @returns says what came of each one
   */
  readonly run: (
    items: readonly Item[],
    begin: () => readonly Item[],
  ) => Promise<(item: Item) => Result | Promise<Result>>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly done: (result: Result | Promise<Result>) => void;
  readonly fail: (error: unknown) => void;
}

interface Batch<Item, Result> {
  members: readonly Waiting<Item, Result>[];
}

const itemsOf = <Item, Result>({ members }: Batch<Item, Result>): readonly Item[] =>
  members.map(({ item }) => item);

/** A batch that takes longer waits for something that those behind it need not wait for. */
const SLOW_MS = 50;

/**
 * Group commit: what comes while earlier work is under way goes together in the next batch, so the busier, the less
 * each one costs. Nobody waits for a batch to become full: who comes alone goes at once.
 */
export class Batches<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  /** Whose work has not begun, the oldest first. */
  private readonly notBegun = new Set<Batch<Item, Result>>();
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
    const batch: Batch<Item, Result> = { members: this.waiting.slice(0, largest) };
    this.waiting = this.waiting.slice(largest);
    this.notBegun.add(batch);
    const leave = this.enter();
    try {
      const resultOf = await run(itemsOf(batch), () => this.begin(batch));
      for (const { item, done } of batch.members) done(resultOf(item));
    } catch (error) {
      for (const { fail } of batch.members) fail(error);
    } finally {
      this.notBegun.delete(batch);
      leave();
    }
  }

  /**
   * Batches wait for the same: for a database that is away there is another one each {@link SLOW_MS}, of an order or two.
   * One after the other they would take most of a second after its return, on a busy machine several.
   */
  private begin(batch: Batch<Item, Result>): readonly Item[] {
    if (!this.notBegun.delete(batch)) return itemsOf(batch);
    for (const other of this.notBegun) {
      const room = this.options.largest - batch.members.length;
      batch.members = [...batch.members, ...other.members.slice(0, room)];
      other.members = other.members.slice(room);
    }
    return itemsOf(batch);
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
