import { HEADERS } from '@cafe-lumiere/contract';
import type { Context } from 'koa';
import type { Gauge } from 'prom-client';
import { clientAddress } from '../http/client-address.js';
import { STREAM_LIMITS } from '../http/limits.js';
import { EventStream } from './event-stream.js';
import { StreamPlaces } from './stream-places.js';
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
  /** How many streams there may be, and what each may cost. @default - STREAM_LIMITS, number by number */
  readonly limits?: Partial<StreamLimits>;
  /** Whose streams are counted together. @default - the address of the connection, see clientAddress */
  readonly clientOf?: (context: Context) => string;
}

/** The numbers of {@link STREAM_LIMITS}. */
export type StreamLimits = Readonly<Record<keyof typeof STREAM_LIMITS, number>>;

/** What one stream is. */
export interface StreamOptions {
  /**
   * Whether it may have one of the places that are kept for those who work with a stream. Only for requests that the public
   * cannot make, or it could take these places, too.
   * @default false
   */
  readonly reserved?: boolean;
}

/** What a stream shows of an event; nothing when it is none of its client's business. */
export type View<Payload> = (payload: Payload) => unknown;

/** One event. */
export interface HubEvent<Payload> {
  /** Above the numbers of all before. */
  readonly id: number;
  readonly payload: Payload;
}

interface Client<Payload> {
  readonly stream: EventStream;
  readonly view: View<Payload>;
  /** The last event that it has seen, here or elsewhere. */
  seen: number | undefined;
  /** Until we know where the source stands. */
  waits: boolean;
}

/** Proxies close a silent connection, the earliest after 30 s; a page wants to know sooner that its stream is dead. */
const PING_MS = 2000;
/** A source that was not heard for so long is away, and our pings would be lies. */
const SILENCE_MS = 5000;
/** Pods learn of a change within a second of each other; who says to have seen more than that saw another database. */
const CATCH_UP_MS = 2000;

/**
 * Sends events to every open stream of this process, and those that it missed to a client that returns.
 *
 * A stream begins with `resync`: what the client shows must be read anew, and the events that follow continue it. A
 * client that returns with a `Last-Event-ID` which we remember gets what followed it instead. Pings say that the source
 * of the events is alive, not only this process.
 *
 * A client that reads slowly, or not at all, costs a bounded amount: what it does not read is dropped, and `resync` tells it so
 * when it reads again.
 */
export class EventHub<Payload> {
  private readonly clients = new Set<Client<Payload>>();
  private entries: HubEvent<Payload>[] = [];
  /** Every event after this one is in `entries`. */
  private floor = 0;
  /** The newest event; nothing before the source has said where it stands. */
  private head: number | undefined;
  private heard = -Infinity;
  private readonly ping: NodeJS.Timeout;
  private readonly limits: StreamLimits;
  private readonly places: StreamPlaces;

  constructor(private readonly options: EventHubOptions) {
    this.limits = { ...STREAM_LIMITS, ...options.limits };
    this.places = new StreamPlaces(this.limits);
    this.ping = setInterval(
      () => {
        for (const { stream } of this.clients) stream.cutOffUnread(this.limits.unreadMs);
        this.sendPing();
      },
      Math.min(PING_MS, this.limits.unreadMs / 2),
    ).unref();
    options.draining.addEventListener('abort', () => {
      this.end();
    });
  }

  /** The newest event's number, or nothing before the source has been reached. */
  get newest(): number | undefined {
    return this.head;
  }

  /** Bytes that wait in this process for clients to read them. */
  get unreadBytes(): number {
    let bytes = 0;
    for (const { stream } of this.clients) bytes += stream.unreadBytes;
    return bytes;
  }

  /** The source is alive. */
  alive(): void {
    this.heard = performance.now();
  }

  /**
   * Continuity is lost, or begins: everything before is unknown, and everybody must read anew.
   *
   * @param head - the newest event's number
   * @param remembered - the last events up to it, for clients that return
   */
  begin(head: number, remembered: readonly HubEvent<Payload>[] = []): void {
    this.entries = [...remembered];
    this.floor = (remembered[0]?.id ?? head + 1) - 1;
    this.head = head;
    for (const client of this.clients) {
      if (client.waits) this.resume(client, head);
      else this.restart(client, head);
    }
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
      if (id <= (client.seen ?? 0)) continue;
      let text = texts.get(client.view);
      if (text === undefined) {
        text = formatShown(event, { id, payload }, client.view);
        texts.set(client.view, text);
      }
      if (text !== '') this.send(client, text);
    }
  }

  /**
   * Answers a request with a stream. `view` should be one function for all who see the same.
   *
   * @throws Problem 429 when this client has too many streams, 503 when there are too many in all
   */
  stream(context: Context, view: View<Payload>, { reserved = false }: StreamOptions = {}): void {
    const { draining, open, clientOf = connectionOf } = this.options;
    const { res: response } = context;
    const leave = this.places.take(clientOf(context), reserved);
    response.once('close', leave);
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
    const query = context.query['lastEventId'];
    const last = parseEventId(context.get(HEADERS.lastEventId) || (typeof query === 'string' ? query : ''));
    // A source that is away is silent for longer than any server waits; who reads nothing is cut off here.
    response.setTimeout(0);
    const stream = new EventStream(response, () => {
      if (this.head !== undefined) this.restart(client, this.head);
    });
    const client: Client<Payload> = { stream, view, seen: last, waits: this.head === undefined };
    if (this.head !== undefined) this.resume(client, this.head);
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
    for (const { stream } of this.clients) stream.end(formatRetry(soon()));
  }

  /** Gives a client what it missed, or tells it to read anew when we do not know that. */
  private resume(client: Client<Payload>, head: number): void {
    client.waits = false;
    const { seen } = client;
    if (seen === undefined || seen < this.floor) {
      this.restart(client, head);
      return;
    }
    let missed = '';
    for (const entry of this.entries) {
      if (entry.id <= seen) continue;
      missed += formatShown(this.options.event, entry, client.view);
      if (missed.length > this.limits.replayBytes) {
        this.restart(client, head);
        return;
      }
    }
    if (missed !== '') this.send(client, missed);
    if (seen <= head) return;
    // Of a pod that is ahead of this one, which catches up; or of a database that was replaced by an older one.
    setTimeout(() => {
      if (this.head !== undefined && this.head < seen) this.restart(client, this.head);
    }, CATCH_UP_MS).unref();
  }

  private restart(client: Client<Payload>, head: number): void {
    client.seen = undefined;
    client.waits = false;
    this.send(client, resync(head));
  }

  private sendPing(): void {
    if (performance.now() - this.heard > SILENCE_MS) return;
    for (const client of this.clients) this.send(client, PING);
  }

  private send({ stream }: Client<Payload>, text: string): void {
    const { unreadBytes, unreadBytesInAll } = this.limits;
    stream.write(text, Math.min(unreadBytes, unreadBytesInAll / Math.max(1, this.clients.size)));
  }
}

const connectionOf = ({ req }: Context): string => clientAddress(req);

// With data, because a browser does not report an event without.
const PING = formatEvent({ event: 'ping', data: '{}' });

const resync = (id: number): string => formatEvent({ event: 'resync', id, data: '{}' });

/** To another pod; jittered, because all clients of this one go at once. */
const soon = (): number => 50 + Math.random() * 250;

function formatShown<Payload>(
  event: string,
  { id, payload }: HubEvent<Payload>,
  view: View<Payload>,
): string {
  const shown = view(payload);
  return shown === undefined ? '' : formatEvent({ event, id, data: JSON.stringify(shown) });
}
