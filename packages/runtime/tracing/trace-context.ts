import { randomUUID } from 'node:crypto';
import { HEADERS } from '@cafe-lumiere/contract';

/** Where something is in the trace of a click: https://www.w3.org/TR/trace-context/ */
export interface TraceContext {
  /** Of the whole way, 32 hexadecimal digits. */
  readonly traceId: string;
  /** Of one part of it, 16 of them. */
  readonly spanId: string;
  /** Whether the trace is recorded. */
  readonly sampled: boolean;
  /** What the tracing systems on the way tell each other, which nobody else understands: `tracestate`. @default - nothing */
  readonly state?: string;
}

/** The same, as a caller says it: without a word whether it is recorded where the callee is to decide. */
export type CallerContext = Omit<TraceContext, 'sampled'> & { readonly sampled?: boolean };

/** Later versions may have more behind it, and mean the same by what is here. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(?:-.*)?$/;
const SAMPLED = 1;
/** What may be passed on in a header; the standard asks for no more characters. */
const TRACESTATE = /^[\x20-\x7e]{1,512}$/;

/**
 * What the headers of a request say about the trace that it belongs to; nothing when they say nothing that can be.
 *
 * @param believed - whether the caller decides what is recorded; a stranger could have everything recorded
 */
export function traceContextIn(
  traceparent: string,
  tracestate: string,
  believed: boolean,
): CallerContext | undefined {
  // Nearly always, where nobody in front traces.
  if (traceparent === '') return undefined;
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const sampled = (parseInt(flags, 16) & SAMPLED) !== 0;
  return {
    traceId,
    spanId,
    ...(believed && { sampled }),
    ...(TRACESTATE.test(tracestate) && { state: tracestate }),
  };
}

/** The headers that continue a trace at whoever is called. */
export function traceHeaders({ traceId, spanId, sampled, state }: TraceContext): Record<string, string> {
  const traceparent = `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
  return { [HEADERS.traceparent]: traceparent, ...(state !== undefined && { [HEADERS.tracestate]: state }) };
}

/** A part of its caller's trace, or of a new one, that is not recorded here. */
export function unrecordedContext(caller: CallerContext | undefined): TraceContext {
  return caller === undefined
    ? { traceId: randomUUID().replaceAll('-', ''), spanId: newSpanId(), sampled: false }
    : { sampled: false, ...caller, spanId: newSpanId() };
}

/** All random digits: those of a UUID besides are its version. */
function newSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(24) + uuid.slice(0, 4);
}
