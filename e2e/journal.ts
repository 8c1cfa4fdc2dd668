/** What was tried, in order: prints each step with how long it took, and counts. */
export class Journal {
  private passed = 0;
  private failed = 0;

  constructor(
    private readonly print: (line: string) => void = (line) => {
      console.log(line);
    },
  ) {}

  /** Begins a group of steps. */
  heading(title: string): void {
    this.print(`\n${title}`);
  }

  /** Adds a line below the step that has just ended. */
  note(text: string): void {
    this.print(text.replaceAll(/^/gm, '      '));
  }

  /**
   * Does one step. Whatever it throws is printed and counted, and thrown on: the next step builds on this one.
   *
   * @returns what the step returns
   */
  async step<Result>(name: string, action: () => Promise<Result>): Promise<Result> {
    const started = performance.now();
    const took = (): string => `(${((performance.now() - started) / 1000).toFixed(1)} s)`;
    try {
      const result = await action();
      this.passed += 1;
      this.print(`  ✓ ${name} ${took()}`);
      return result;
    } catch (error) {
      this.failed += 1;
      this.print(`  ✗ ${name} ${took()}`);
      this.note(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }

  /** Prints what ended it all, unless a step has said it, and the line that counts. @returns the exit code */
  fail(error: unknown): number {
    if (this.failed === 0) this.note(error instanceof Error ? error.message : String(error));
    this.close();
    return 1;
  }

  /** Prints the line that counts. @returns the exit code */
  close(): number {
    this.print(`\n${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

/** Tries again until the action stops throwing. @throws what it threw last, when `seconds` have passed */
export async function eventually<Result>(
  seconds: number,
  action: () => Promise<Result>,
  everyMilliseconds = 250,
): Promise<Result> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() >= end) throw error;
    }
    await new Promise((done) => setTimeout(done, everyMilliseconds));
  }
}

/** @throws Error with the message unless the condition holds */
export function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Of what a container has said, what it said last. */
export const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
