import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS } from '@cafe-lumiere/contract';
import { Agent, request } from 'undici';
import { readEvents, type ServerSentEvent } from '../events/server-sent-events.js';

/** Reads a stream of events as a browser's EventSource does: returns after an end, and says where it was. */
export class EventStreamFixture {
  readonly events: ServerSentEvent[] = [];
  /** How often it has connected. */
  connections = 0;
  private readonly stopped = new AbortController();
  private readonly agent = new Agent();
  private last: number | undefined;

  /** @param url - asked for each connection, so that the stream can move to another pod */
  constructor(
    private readonly url: () => string,
    { lastEventId }: { readonly lastEventId?: number } = {},
  ) {
    this.last = lastEventId;
    void this.run();
  }

  /** The events of a type. */
  of(type: string): readonly ServerSentEvent[] {
    return this.events.filter(({ event }) => event === type);
  }

  /** Resolves when the events have come that the test waits for. */
  async until(condition: (events: readonly ServerSentEvent[]) => boolean): Promise<void> {
    while (!condition(this.events)) await pause(5);
  }

  async close(): Promise<void> {
    this.stopped.abort();
    await this.agent.destroy();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.follow().catch(() => undefined);
      await pause(20, undefined, { signal }).catch(() => undefined);
    }
  }

  private async follow(): Promise<void> {
    const { body, statusCode } = await request(this.url(), {
      dispatcher: this.agent,
      signal: this.stopped.signal,
      bodyTimeout: 5000,
      headers: this.last === undefined ? {} : { [HEADERS.lastEventId]: String(this.last) },
    });
    if (statusCode !== 200) {
      await body.dump();
      return;
    }
    this.connections += 1;
    for await (const event of readEvents(body)) {
      if (event.id !== undefined) this.last = event.id;
      if (event.event !== 'ping') this.events.push(event);
    }
  }
}
