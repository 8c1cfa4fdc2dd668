import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS } from '@cafe-lumiere/contract';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import type { EventHub } from './event-hub.js';
import type { Logger } from '../log.js';
import { describeNetworkError, errorMessage } from '../network/network-error.js';
import { rememberedAddresses } from '../network/remembered-addresses.js';
import { readEvents } from './server-sent-events.js';

/** Whose events are passed on. */
export interface EventRelayOptions<Payload> {
  /** The other service's name, for the log. */
  readonly to: string;
  /** The address of its stream. */
  readonly url: URL;
  /** The type of its events that are passed on, such as `order`. */
  readonly event: string;
  /** What they hold. */
  readonly payload: z.ZodType<Payload>;
  readonly hub: EventHub<Payload>;
  readonly log: Logger;
}

const CONNECT_TIMEOUT_MS = 1000;
const HEADERS_TIMEOUT_MS = 2000;
/** More than two pings: the other side has gone without a word, as a machine does that lost its power. */
const SILENCE_MS = 5000;
/** Short, because meanwhile every open page waits; growing, because a service that is away will be for a while. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;

/**
 * Passes the events of another service on to the streams of this one: over one connection for all of them, which it
 * opens again when it ends, and continues where it was.
 */
export class EventRelay<Payload> {
  private readonly stopped = new AbortController();
  private readonly agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: rememberedAddresses.lookup },
  });
  private reason: string | undefined = 'not asked yet';
  private failures = 0;

  constructor(private readonly options: EventRelayOptions<Payload>) {
    void this.run();
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.stopped.abort();
    await this.agent.destroy();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    for (;;) {
      const end = await this.follow().then(
        () => 'it ended the stream',
        (error: unknown) => describeNetworkError(error) ?? errorMessage(error),
      );
      if (signal.aborted) return;
      this.note(end);
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
      this.failures += 1;
      await pause(longest * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  /** One connection, to its end. */
  private async follow(): Promise<void> {
    const { url, hub, event: type, payload } = this.options;
    const { statusCode, body } = await request(url, {
      dispatcher: this.agent,
      signal: this.stopped.signal,
      headersTimeout: HEADERS_TIMEOUT_MS,
      bodyTimeout: SILENCE_MS,
      headers: {
        accept: 'text/event-stream',
        ...(hub.newest === undefined ? {} : { [HEADERS.lastEventId]: String(hub.newest) }),
      },
    });
    if (statusCode !== 200) {
      await body.dump();
      throw new Error(`it answered ${statusCode}`);
    }
    for await (const { event, id, data } of readEvents(body)) {
      this.note(undefined);
      this.failures = 0;
      hub.alive();
      if (event === 'resync' && id !== undefined) hub.begin(id);
      else if (event === type && id !== undefined) hub.add(id, payload.parse(JSON.parse(data)));
    }
  }

  private note(reason: string | undefined): void {
    if (reason === this.reason) return;
    this.reason = reason;
    const { log, to } = this.options;
    if (reason === undefined) log.info({ dependency: to }, `${to} sends its events`);
    else log.info({ dependency: to }, `${to} sends no events: ${reason}`);
  }
}
