import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import type { Browser } from './browser.js';
import { describeFailure, type StreamPassage } from './records.js';

/** As services/frontend/assets/changes.js has them, in milliseconds. */
const SILENCE_MS = 5000;
const REOPEN_MS = 2000;
/** A browser's own wait before it returns, unless the server said otherwise. */
const DEFAULT_RETRY_MS = 3000;

/**
 * A stream of changes as a browser reads it: it returns with the last number that it saw, watches that no event comes
 * twice or out of order, and records which came. It reads the bytes itself: the services' own reader might share a
 * mistake with their writer.
 */
export class EventStream {
  private readonly closing = new AbortController();
  private readonly reading: Promise<void>;
  private lastId: number | undefined;
  private retryMs = DEFAULT_RETRY_MS;
  private heardAt = 0;
  private news = false;
  private passage: StreamPassage | undefined;

  /** @param everyEvent - whether it is to show every change, so that what came is recorded */
  constructor(
    private readonly browser: Browser,
    private readonly path: string,
    private readonly everyEvent: boolean,
  ) {
    this.reading = this.readForEver();
  }

  /** Whether the server has just been heard. */
  get alive(): boolean {
    return Date.now() - this.heardAt < SILENCE_MS;
  }

  /** Whether something has changed since the last question. */
  takeNews(): boolean {
    const { news } = this;
    this.news = false;
    return news;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.reading;
  }

  private async readForEver(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      await this.read();
      await pause(this.retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One connection, until it ends or falls silent. */
  private async read(): Promise<void> {
    const startedAt = Date.now();
    // Why not AbortSignal.any: in Node 20 the signal that it makes may be collected before it is aborted.
    const ending = new AbortController();
    // A browser does not notice by itself that nobody is there any more; the page does.
    const care = setInterval(() => {
      const silent = Date.now() - Math.max(this.heardAt, startedAt + REOPEN_MS) > SILENCE_MS;
      if (silent || this.closing.signal.aborted) ending.abort();
    }, 250);
    let opened = false;
    const note = (failure?: string): void => {
      const milliseconds = Date.now() - startedAt;
      this.browser.records.requests.push({
        kind: 'stream',
        startedAt,
        milliseconds,
        ...(failure === undefined ? {} : { failure }),
      });
    };
    try {
      const response = await request(`${this.browser.origin}${this.path}`, {
        dispatcher: this.browser.agent,
        signal: ending.signal,
        bodyTimeout: 0,
        headers: {
          accept: 'text/event-stream',
          ...(this.lastId === undefined ? {} : { 'last-event-id': String(this.lastId) }),
        },
      });
      if (response.statusCode !== 200) {
        const text = await response.body.text();
        note(`GET ${this.path} answered ${response.statusCode}: ${text.slice(0, 300)}`);
        return;
      }
      opened = true;
      note();
      let rest = '';
      const decoder = new TextDecoder();
      const chunks: AsyncIterable<Buffer> = response.body;
      for await (const chunk of chunks) {
        const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n');
        rest = blocks.pop() ?? '';
        for (const block of blocks) this.take(block);
      }
    } catch (error) {
      // A stream that was open may end at any time: the page returns, and what counts is what it then misses.
      if (!opened && !this.closing.signal.aborted) note(`GET ${this.path}: ${describeFailure(error)}`);
    } finally {
      clearInterval(care);
    }
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).trim()];
      }),
    );
    this.heardAt = Date.now();
    const retry = Number(fields.get('retry'));
    if (retry > 0) this.retryMs = retry;
    const event = fields.get('event');
    const id = fields.has('id') ? Number(fields.get('id')) : undefined;
    if (event !== 'order' && event !== 'resync') return;
    if (id === undefined) return;
    const { streamFaults, streamPassages } = this.browser.records;
    if (event === 'resync') {
      this.passage = { after: id, seen: [] };
      if (this.everyEvent) streamPassages.push(this.passage);
    } else {
      if (this.lastId !== undefined && id <= this.lastId) {
        streamFaults.push(`${this.path}: event ${id} came after ${this.lastId}`);
      }
      this.passage?.seen.push(id);
    }
    this.lastId = id;
    this.news = true;
  }
}
