import { type CallerContext, type TraceContext, unrecordedContext } from './trace-context.js';

/** What is said about a span, by the names of https://opentelemetry.io/docs/specs/semconv/. Nothing about a person. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What a span is: the answer to a request, a call to somebody else, or work within this process. */
export type SpanKind = 'server' | 'client' | 'internal';

/** A part of the work that one click made, as a tracing system draws it. */
export abstract class Span {
  abstract readonly context: TraceContext;
  /** Whether anybody will see it. What only they would read need not be made otherwise. */
  abstract readonly recorded: boolean;
  /** Begins a part of it. Of what is not recorded, no part is: it is the same span then. */
  abstract child(name: string, kind: SpanKind, attributes?: SpanAttributes): Span;
  /** Begins what is done for this span and others together, in a trace of its own, with links there and back. */
  abstract shared(name: string, kind: SpanKind, others: readonly Span[], attributes?: SpanAttributes): Span;
  /** Says more about it. */
  abstract set(attributes: SpanAttributes): void;
  /** Says what it has to do with another trace. */
  abstract link(other: TraceContext): void;
  /** Gives it a better name, when more is known. */
  abstract rename(name: string): void;
  /** @param failure - why it did not end well. @default - it did */
  abstract end(failure?: unknown): void;
}

/** Begins the spans of requests that came. */
export interface Tracer {
  /** @param caller - what the request's headers said. @default - it begins a trace */
  request(name: string, caller: CallerContext | undefined): Span;
  /** Sends what is recorded, as far as that is possible. */
  close(): Promise<void>;
}

/** A span of which there is nothing but its place: for the log, and for whoever is called. */
class UnrecordedSpan extends Span {
  readonly recorded = false;

  constructor(readonly context: TraceContext) {
    super();
  }

  child(): Span {
    return this;
  }

  shared(): Span {
    return this;
  }

  set(): void {
    // Nobody will see it.
  }

  link(): void {
    // Nobody will see it.
  }

  rename(): void {
    // Nobody will see it.
  }

  end(): void {
    // Nobody will see it.
  }
}

/** A tracer that records nothing and passes on what others record. */
export const unrecorded: Tracer = {
  request: (_, caller) => new UnrecordedSpan(unrecordedContext(caller)),
  close: () => Promise.resolve(),
};

/**
 * Does work for several spans at once, such as the write of a batch.
 *
 * @param spans - for whom; those that are not recorded are passed over, and when none is, neither is this
 * @returns what the work returns. @throws what it throws
 */
export async function sharedBy<Result>(
  spans: readonly Span[],
  {
    name,
    kind,
    attributes = {},
  }: { readonly name: string; readonly kind: SpanKind; readonly attributes?: SpanAttributes },
  work: () => Promise<Result>,
): Promise<Result> {
  const [first, ...others] = spans.filter(({ recorded }) => recorded);
  if (!first) return work();
  return during(first.shared(name, kind, others, attributes), work);
}

/** Ends the span with the work. */
export async function during<Result>(span: Span, work: () => Promise<Result>): Promise<Result> {
  try {
    const result = await work();
    span.end();
    return result;
  } catch (error) {
    span.end(error);
    throw error;
  }
}
