/** What a slice is measured with. */
export interface ProcessorSliceOptions {
  /** Milliseconds of processor that it has. */
  readonly sliceMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds of processor that this process has used. */
  readonly processorMs: () => number;
}

interface Reading {
  readonly at: number;
  readonly leftMs: number;
}

/**
 * A short time of processor, for one turn of the event loop. By the clock it would be over before anything is done where others have
 * the machine's processors.
 *
 * The operating system is asked only when the clock says that the slice may be over, and at its begin when the last one was not
 * enough: to be asked twice for each request was 19 % of what an overloaded frontend did.
 */
export class ProcessorSlice {
  private wasNotEnough = true;
  private usedBefore: number | undefined;
  private last: Reading | undefined;

  constructor(private readonly options: ProcessorSliceOptions) {}

  /** It runs from now on, if it does not already. */
  begin(): void {
    if (this.last) return;
    const { sliceMs, now, processorMs } = this.options;
    this.usedBefore = this.wasNotEnough ? processorMs() : undefined;
    this.last = { at: now(), leftMs: sliceMs };
  }

  get hasBegun(): boolean {
    return this.last !== undefined;
  }

  /** The turn is over, and so is what is left of it. */
  end(): void {
    if (this.last) this.wasNotEnough = this.last.leftMs <= 0;
    this.last = undefined;
  }

  /** Whether something of it is left. */
  hasTime(): boolean {
    const { sliceMs, now, processorMs } = this.options;
    if (!this.last) return true;
    if (this.last.leftMs <= 0) return false;
    const at = now();
    if (at - this.last.at < this.last.leftMs) return true;
    const used = processorMs();
    // Once, where the one before was enough, it may become twice as long.
    this.usedBefore ??= used;
    const leftMs = sliceMs - (used - this.usedBefore);
    this.last = { at, leftMs };
    return leftMs > 0;
  }
}
