import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Browser } from './browser.js';
import { EventStream } from './event-stream.js';
import type { Records } from './records.js';

/** As services/frontend/assets/{changes,live}.js have them, in milliseconds. */
const AT_LEAST_MS = 150;
const WITHOUT_STREAM_MS = 2000;
const WITH_STREAM_MS = 15_000;
const RETRY_MS = 2000;
/** A page says that what it shows may be old after this, in milliseconds. */
const STALE_MS = 6000;

/** A page that follows a list of orders by its stream, as the kitchen's page and the screen do. */
export class Board<Shown> {
  readonly browser: Browser;
  private readonly stream: EventStream;
  private readonly closing = new AbortController();
  private readonly following: Promise<void>;
  private freshAt = Date.now();

  /**
   * @param everyEvent - whether the stream shows each change, so that a missing number is a missing change
   * @param shown - what it shows of an order
   * @param show - gets the orders whenever they were read. @default - nobody looks
   */
  constructor(
    open: () => Browser,
    private readonly records: Records,
    private readonly name: 'kitchen' | 'display',
    everyEvent: boolean,
    private readonly shown: z.ZodType<Shown>,
    private readonly show: (orders: readonly Shown[]) => void = () => undefined,
  ) {
    this.browser = open();
    this.stream = new EventStream(this.browser, `/api/${name}/events`, everyEvent);
    this.following = this.follow();
  }

  /** Looks no more. What was begun from the page may still end. */
  async stop(): Promise<void> {
    this.closing.abort();
    await this.stream.close();
    await this.following;
  }

  /** Closes the page with its connections. */
  async close(): Promise<void> {
    await this.stop();
    await this.browser.close();
  }

  private async follow(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      const answer = await this.browser.ask({ kind: 'board', path: `/api/${this.name}/orders` });
      const shown = answer?.status === 200;
      if (shown) {
        this.fresh();
        this.show(z.array(this.shown).parse(JSON.parse(answer.text)));
      }
      const wait = shown ? this.news() : pause(RETRY_MS, undefined, { signal });
      await wait.catch(() => undefined);
    }
  }

  /** Resolves when it is time to look again. */
  private async news(): Promise<void> {
    const asked = Date.now();
    const { signal } = this.closing;
    await pause(AT_LEAST_MS, undefined, { signal });
    while (!signal.aborted && !this.stream.takeNews()) {
      if (this.stream.alive) this.fresh();
      if (Date.now() - asked > (this.stream.alive ? WITH_STREAM_MS : WITHOUT_STREAM_MS)) return;
      await pause(25, undefined, { signal });
    }
  }

  private fresh(): void {
    const silent = Date.now() - this.freshAt;
    if (silent > STALE_MS) this.records.staleBoards.push(silent);
    this.freshAt = Date.now();
  }
}
