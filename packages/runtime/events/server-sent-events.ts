/** One event of a stream, as https://html.spec.whatwg.org/multipage/server-sent-events.html has it. */
export interface ServerSentEvent {
  /** The type that listeners are registered for. */
  readonly event: string;
  /** What a client that returns says in `Last-Event-ID`. */
  readonly id?: number | undefined;
  /** One line: JSON. */
  readonly data: string;
}

/** The event as bytes of a stream. `data` must be one line, as JSON.stringify writes it. */
export function formatEvent({ event, id, data }: ServerSentEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** Tells the client how long to wait before it returns. */
export function formatRetry(milliseconds: number): string {
  return `retry: ${Math.round(milliseconds)}\n\n`;
}

/** The number in a `Last-Event-ID`, or nothing when there is none that we could have sent. */
export function parseEventId(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Larger is no event of ours; without a limit a peer could fill our memory. */
const MAX_EVENT_LENGTH = 1_000_000;

/** The events of a stream of ours, as they come. @throws Error when something comes that is no stream of events */
export async function* readEvents(stream: AsyncIterable<Buffer>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > MAX_EVENT_LENGTH) throw new Error('an event is longer than 1 MB');
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event) yield event;
    }
  }
}

function parseBlock(block: string): ServerSentEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)] as const;
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return { event: fields.get('event') ?? 'message', id: parseEventId(fields.get('id') ?? ''), data };
}
