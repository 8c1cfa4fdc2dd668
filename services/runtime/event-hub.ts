import type { ServerResponse } from 'node:http';
import type { Context } from 'koa';
import type { Gauge } from 'prom-client';
import { Problem } from './problem.js';
import { formatEvent, formatRetry, parseEventId } from './server-sent-events.js';

/** What a hub is made with. */
export interface EventHubOptions {
  /** The type of its events, such as `order`. */
  readonly event: string;
  /** When it is aborted, every stream ends and its client returns elsewhere. */
  readonly draining: AbortSignal;
  /** How many streams are open. */
  readonly open: Pick<Gauge, 'inc' | 'dec'>;
  /** Events that are kept for clients that return. @default 1000 */
  readonly capacity?: number;
}

/** What a stream shows of an event; nothing when it is none of its client's business. */
export type View<Payload> = (payload: Payload) => unknown;

interface Entry<Payload> {
  readonly id: number;
  readonly payload: Payload;
}

interface Client<Payload> {
  readonly response: ServerResponse;
  readonly view: View<Payload>;
}

/** Proxies close a silent connection, the earliest after 30 s; a page wants to know sooner that its stream is dead. */
const PING_MS = 2000;
/** A source that was not heard for so long is away, and our pings would be lies. */
const SILENCE_MS = 5000;
/** A client that does not read what we send is cut off, and returns for what it missed. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** A pod's memory holds so many streams with room to spare; a café has three screens and some hundred guests. */
const MAX_STREAMS = 1000;

/**
 * Sends events to every open stream of this process, and those that it missed to a client that returns.
 *
 * A stream begins with `resync`: what the client shows must be read anew, and the events that follow continue it. A
 * client that returns with a `Last-Event-ID` which we remember gets what followed it instead. Pings say that the source
 * of the events is alive, not only this process.
 */
export class EventHub<Payload> {
  private readonly clients = new Set<Client<Payload>>();
  private entries: Entry<Payload>[] = [];
  /** Every event after this one is in `entries`. */
  private floor = 0;
  /** The newest event; nothing before the source has said where it stands. */
  private head: number | undefined;
  private heard = -Infinity;
  private readonly ping: NodeJS.Timeout;

  constructor(private readonly options: EventHubOptions) {
    this.ping = setInterval(() => {
      this.sendPing();
    }, PING_MS).unref();
    options.draining.addEventListener('abort', () => {
      this.end();
    });
  }

  /** The newest event's number, or nothing before the source has been reached. */
  get newest(): number | undefined {
    return this.head;
  }

  /** The source is alive. */
  alive(): void {
    this.heard = performance.now();
  }

  /** Continuity is lost, or begins: everything before this number is unknown, and everybody must read anew. */
  begin(head: number): void {
    this.entries = [];
    this.floor = head;
    this.head = head;
    for (const client of this.clients) this.send(client, resync(head));
  }

  /** One event, with a number above all before. */
  add(id: number, payload: Payload): void {
    const { event, capacity = 1000 } = this.options;
    this.head = id;
    this.entries.push({ id, payload });
    // In large steps: taking off the first one each time would copy the rest each time.
    if (this.entries.length >= 2 * capacity) {
      this.entries = this.entries.slice(-capacity);
      this.floor = (this.entries[0]?.id ?? id) - 1;
    }
    // Five hundred streams mostly show the same.
    const texts = new Map<View<Payload>, string>();
    for (const client of this.clients) {
      let text = texts.get(client.view);
      if (text === undefined) {
        text = formatShown(event, { id, payload }, client.view);
        texts.set(client.view, text);
      }
      if (text !== '') this.send(client, text);
    }
  }

  /** Answers a request with a stream. `view` should be one function for all who see the same. */
  stream(context: Context, view: View<Payload>): void {
    const { draining, event, open } = this.options;
    if (this.clients.size >= MAX_STREAMS) {
      throw Problem.unavailable(`${MAX_STREAMS} streams are open here already.`);
    }
    const { res: response } = context;
    context.respond = false;
    context.state['stream'] = true;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      // nginx would collect events until a buffer is full.
      'X-Accel-Buffering': 'no',
      // Its connection is of no use afterwards, and would hold up the end of this process.
      Connection: 'close',
    });
    if (context.method === 'HEAD' || draining.aborted) {
      response.end(context.method === 'HEAD' ? '' : formatRetry(soon()));
      return;
    }
    // Not all at once: those who lost the same pod must not return together.
    response.write(formatRetry(500 + Math.random() * 1000));
    const client = { response, view };
    if (this.head !== undefined) {
      const query = context.query['lastEventId'];
      const last = parseEventId(context.get('last-event-id') || (typeof query === 'string' ? query : ''));
      const missed = last === undefined ? undefined : this.since(last);
      if (missed) for (const entry of missed) response.write(formatShown(event, entry, view));
      else response.write(resync(this.head));
    }
    this.clients.add(client);
    open.inc();
    response.once('close', () => {
      this.clients.delete(client);
      open.dec();
    });
  }

  /** Ends every stream; the clients return elsewhere. */
  end(): void {
    clearInterval(this.ping);
    for (const { response } of this.clients) response.end(formatRetry(soon()));
  }

  /** What followed an event, or nothing when we do not know it all. */
  private since(last: number): readonly Entry<Payload>[] | undefined {
    // Above our newest: of another pod that is ahead, or of a database that was replaced by an older one.
    if (last < this.floor || last > (this.head ?? 0)) return undefined;
    return this.entries.filter(({ id }) => id > last);
  }

  private sendPing(): void {
    if (performance.now() - this.heard > SILENCE_MS) return;
    for (const client of this.clients) this.send(client, PING);
  }

  private send({ response }: Client<Payload>, text: string): void {
    if (response.writableLength > MAX_UNREAD_BYTES) response.destroy();
    else response.write(text);
  }
}

// With data, because a browser does not report an event without.
const PING = formatEvent({ event: 'ping', data: '{}' });

const resync = (id: number): string => formatEvent({ event: 'resync', id, data: '{}' });

/** To another pod; jittered, because all clients of this one go at once. */
const soon = (): number => 50 + Math.random() * 250;

function formatShown<Payload>(event: string, { id, payload }: Entry<Payload>, view: View<Payload>): string {
  const shown = view(payload);
  return shown === undefined ? '' : formatEvent({ event, id, data: JSON.stringify(shown) });
}
