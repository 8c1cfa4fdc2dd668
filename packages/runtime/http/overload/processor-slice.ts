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
 * The operating system is asked only when the clock says that it may be over: to be asked twice for each request was 19 % of what an
 * overloaded frontend did.
 */
export class ProcessorSlice {
  private usedBefore = 0;
  private last: Reading | undefined;

  constructor(private readonly options: ProcessorSliceOptions) {}

  /** It runs from now on, if it does not already. */
  begin(): void {
    if (this.last) return;
    this.usedBefore = this.options.processorMs();
    this.last = { at: this.options.now(), leftMs: this.options.sliceMs };
  }

  get hasBegun(): boolean {
    return this.last !== undefined;
  }

  /** The turn is over, and so is what is left of it. */
  end(): void {
    this.last = undefined;
  }

  /** Whether something of it is left. */
  hasTime(): boolean {
    const { sliceMs, now, processorMs } = this.options;
    if (!this.last) return true;
    if (this.last.leftMs <= 0) return false;
    const at = now();
    if (at - this.last.at < this.last.leftMs) return true;
    const leftMs = sliceMs - (processorMs() - this.usedBefore);
    this.last = { at, leftMs };
    return leftMs > 0;
  }
}
