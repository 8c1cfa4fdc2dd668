/** Who does something. */
export type Actor = 'guest' | 'cook';

/** What was asked for. */
export type RequestKind = 'page' | 'order' | 'follow' | 'step' | 'board' | 'stream';

/** One request and its answer. Moments are milliseconds since 1970, durations milliseconds. */
export interface RequestRecord {
  readonly kind: RequestKind;
  readonly startedAt: number;
  readonly milliseconds: number;
  /** Why the answer was wrong, or that there was none. */
  readonly failure?: string;
}

/** One press of a button, with all requests that the page made of it. */
export interface ClickRecord {
  readonly actor: Actor;
  /** When the button was pressed, not when the page came to it: a stall must show as one. */
  readonly startedAt: number;
  /** Until it was done, or failed. */
  readonly milliseconds: number;
  /** Requests that it took. */
  readonly attempts: number;
  /** Until the page first said something: that it is done, or that it takes longer and is tried again. */
  readonly saidAfter: number;
  /** What the page would have shown as an error. */
  readonly failure?: string;
}

/** An order that a guest was told the number of. */
export interface Acknowledgement {
  readonly customer: string;
  readonly orderNumber: string;
  readonly at: number;
}

/** What came on a stream from one `resync` to the next, connections that ended meanwhile included. */
export interface StreamPassage {
  /** The number that the `resync` said. */
  readonly after: number;
  /** The numbers of the events that followed. */
  readonly seen: number[];
}

/** Everything that the load saw. It only grows. */
export class Records {
  readonly requests: RequestRecord[] = [];
  readonly clicks: ClickRecord[] = [];
  readonly acknowledgements: Acknowledgement[] = [];
  /** The last step that a cook was told is done, by order number. */
  readonly steps = new Map<string, string>();
  /** Milliseconds for which a board had no news, each longer than a page calls it old. */
  readonly staleBoards: number[] = [];
  /** What a stream did that it must not do: an event twice or out of order. */
  readonly streamFaults: string[] = [];
  /** What came on the streams that show every change. */
  readonly streamPassages: StreamPassage[] = [];
}

/** What went wrong, in words that a person can count. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code}${error.message}${cause}`;
}
