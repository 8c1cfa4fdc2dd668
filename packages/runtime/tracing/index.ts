export { during, Span, type SpanAttributes, type SpanKind, sharedBy } from './span.js';
export type { TraceContext } from './trace-context.js';
