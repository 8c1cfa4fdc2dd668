import { hostname } from 'node:os';
import {
  type Attributes,
  type Link,
  ROOT_CONTEXT,
  type Span as RecordedSpan,
  SpanKind as Kind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Tracer as SdkTracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  SamplingDecision,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '../log.js';
import { errorMessage } from '../network/network-error.js';
import { Span, type SpanAttributes, type SpanKind, type Tracer } from './span.js';
import type { TraceContext } from './trace-context.js';

// Nobody imports this file but by import(), when traces are asked for: it is half of a service's bundle.

/** Where traces go. */
export interface OpenTelemetryOptions {
  readonly service: string;
  readonly version: string;
  /** The base address of the collector, to which `/v1/traces` is added. */
  readonly endpoint: string;
  /** The share of new traces that is recorded, 0 to 1. */
  readonly share: number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Spans that wait at most, some two megabytes; what comes when it is full is not recorded. */
const LONGEST_QUEUE = 2048;
const BATCH = 512;
const EXPORT_EVERY_MS = 1000;
/** A collector answers in milliseconds. While it does not, spans wait; nothing else does. */
const EXPORT_TIMEOUT_MS = 5000;

const KINDS = { server: Kind.SERVER, client: Kind.CLIENT, internal: Kind.INTERNAL } as const satisfies Record<
  SpanKind,
  Kind
>;

/** A tracer that exports by OTLP over HTTP, in JSON. */
export function openTelemetry({ service, version, endpoint, share, log }: OpenTelemetryOptions): Tracer {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'service.version': version,
      'service.instance.id': hostname(),
    }),
    sampler: new ParentBasedSampler({ root: new ShareOrLinked(share) }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: saidOnce(exporter, endpoint, log),
        maxQueueSize: LONGEST_QUEUE,
        maxExportBatchSize: BATCH,
        scheduledDelayMillis: EXPORT_EVERY_MS,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer(service, version);
  return {
    request: (name, caller) => {
      const parent = caller && { ...caller, sampled: caller.sampled ?? Math.random() < share };
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, toRemote(parent)) : ROOT_CONTEXT;
      return new OpenTelemetrySpan(
        tracer,
        tracer.startSpan(name, { kind: Kind.SERVER }, context),
        caller?.state,
      );
    },
    close: () => provider.shutdown(),
  };
}

/** A new trace is recorded by chance, and one of shared work when it is linked to a recorded one. */
class ShareOrLinked implements Sampler {
  constructor(private readonly share: number) {}

  shouldSample(
    _context: unknown,
    _traceId: string,
    _name: string,
    _kind: Kind,
    _attributes: Attributes,
    links: Link[],
  ) {
    // By chance and not by the id: a stranger can choose an id.
    const chosen = links.some(({ context }) => isSampled(context)) || Math.random() < this.share;
    return { decision: chosen ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD };
  }
}

class OpenTelemetrySpan extends Span {
  readonly context: TraceContext;
  readonly recorded: boolean;

  constructor(
    private readonly tracer: SdkTracer,
    private readonly span: RecordedSpan,
    state?: string,
  ) {
    super();
    const { traceId, spanId, traceFlags } = span.spanContext();
    const sampled = isSampled({ traceFlags });
    this.context = { traceId, spanId, sampled, ...(state !== undefined && { state }) };
    this.recorded = span.isRecording();
  }

  child(name: string, kind: SpanKind, attributes: SpanAttributes = {}): Span {
    if (!this.recorded) return this;
    const parent = trace.setSpan(ROOT_CONTEXT, this.span);
    const span = this.tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent);
    return new OpenTelemetrySpan(this.tracer, span, this.context.state);
  }

  shared(name: string, kind: SpanKind, others: readonly Span[], attributes: SpanAttributes = {}): Span {
    const all = [this, ...others];
    const links = all.map(({ context }) => ({ context: toRemote(context) }));
    const span = this.tracer.startSpan(
      name,
      { kind: KINDS[kind], attributes, links, root: true },
      ROOT_CONTEXT,
    );
    const shared = new OpenTelemetrySpan(this.tracer, span);
    for (const each of all) each.link(shared.context);
    return shared;
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes);
  }

  link(other: TraceContext): void {
    this.span.addLink({ context: toRemote(other) });
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  end(failure?: unknown): void {
    if (failure !== undefined) {
      const message = errorMessage(failure);
      this.span.setStatus({ code: SpanStatusCode.ERROR, message });
    }
    this.span.end();
  }
}

const isSampled = ({ traceFlags }: { readonly traceFlags: number }): boolean =>
  (traceFlags & TraceFlags.SAMPLED) !== 0;

const toRemote = ({ traceId, spanId, sampled }: TraceContext) => ({
  traceId,
  spanId,
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
  isRemote: true,
});

/** Says in the log when traces begin to get lost, and when they no longer do. */
function saidOnce(
  exporter: SpanExporter,
  endpoint: string,
  log: Pick<Logger, 'info' | 'warn'>,
): SpanExporter {
  let said: string | undefined;
  const note = (reason: string | undefined): void => {
    if (reason === said) return;
    said = reason;
    if (reason === undefined) log.info(`traces are taken again at ${endpoint}`);
    else log.warn(`traces get lost, ${endpoint} does not take them: ${reason}`);
  };
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        note(result.error && errorMessage(result.error));
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
