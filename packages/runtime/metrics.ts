import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  openMetricsContentType,
  Registry,
} from 'prom-client';
import type { TraceContext } from './tracing/trace-context.js';

/** Seconds; the upper end is that of any request that somebody waits for. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 5, 10, 15];
/** With which a service says that something went wrong here or behind it. */
const FAILURES = ['500', '502', '503', '504'];

/** What is known of an answered request. */
type AnswerLabels = Readonly<Record<'method' | 'path' | 'status', string>>;

/** What a service counts, and what for. */
export interface MetricsOptions {
  /**
   * Whether to collect Node's own metrics, too; they keep timers that tests do not want.
   * @default true
   */
  readonly processMetrics?: boolean;
  /**
   * Whether a recorded trace is named beside each bucket of the requests' time. It is then all in the format OpenMetrics, the
   * only one that has exemplars, by the same names.
   * @default false
   */
  readonly exemplars?: boolean;
}

/** What every service counts, at `/metrics` in Prometheus' format. `path` is a route's pattern, never a URL. */
export class Metrics {
  readonly registry: Registry | Registry<OpenMetricsContentType>;
  readonly requestDuration: Histogram<keyof AnswerLabels | 'trace_id' | 'span_id'>;
  readonly requests: Counter<keyof AnswerLabels>;
  readonly requestsWhileUnready: Counter;
  readonly requestsShed: Counter<'criticality'>;
  readonly dependencyUp: Gauge<'from' | 'to'>;
  readonly dependencyDuration: Histogram<'from' | 'to' | 'status'>;
  readonly dependencyRetries: Counter<'from' | 'to'>;
  readonly eventStreams: Gauge;
  /** Requests that are begun and not answered, streams included. */
  inFlight = 0;
  private readonly exemplars: boolean;

  constructor({ processMetrics = true, exemplars = false }: MetricsOptions = {}) {
    this.exemplars = exemplars;
    this.registry = exemplars ? openMetrics() : new Registry();
    const registers = [this.registry];
    this.requestDuration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from a request to the end of its answer.',
      labelNames: ['method', 'path', 'status'],
      buckets: BUCKETS,
      enableExemplars: exemplars,
      registers,
    });
    this.requests = new Counter({
      name: 'http_requests_total',
      help: 'Answered requests.',
      labelNames: ['method', 'path', 'status'],
      registers,
    });
    this.requestsWhileUnready = new Counter({
      name: 'http_requests_while_unready_total',
      help: 'Requests, other than for /health, that came while /readyz said 503 or before this process had started.',
      registers,
    });
    this.requestsShed = new Counter({
      name: 'http_requests_shed_total',
      help: 'Requests that were refused because there was more to do than could be done; they are in no other metric.',
      labelNames: ['criticality'],
      registers,
    });
    this.dependencyUp = new Gauge({
      name: 'dependency_up',
      help: 'Whether the last question to a dependency was answered: 1 or 0.',
      labelNames: ['from', 'to'],
      registers,
    });
    this.dependencyDuration = new Histogram({
      name: 'dependency_request_duration_seconds',
      help: 'Time of a call to a dependency, retries included; status is the answer’s, or "none".',
      labelNames: ['from', 'to', 'status'],
      buckets: BUCKETS,
      registers,
    });
    this.dependencyRetries = new Counter({
      name: 'dependency_retries_total',
      help: 'Calls to a dependency that were tried again.',
      labelNames: ['from', 'to'],
      registers,
    });
    this.eventStreams = new Gauge({
      name: 'event_streams_open',
      help: 'Streams of server-sent events that are open.',
      registers,
    });
    if (processMetrics) collectDefaultMetrics({ register: this.registry });
    this.watch('http_requests_in_flight', 'Requests that are begun and not answered.', () => this.inFlight);
  }

  /**
   * Notes how long an answer took.
   *
   * @param recorded - the request's place in a trace that somebody will see
   */
  observeAnswer(labels: AnswerLabels, seconds: number, recorded: TraceContext | undefined): void {
    if (!this.exemplars) this.requestDuration.observe(labels, seconds);
    else
      this.requestDuration.observe({
        labels,
        value: seconds,
        ...(recorded ? { exemplarLabels: { trace_id: recorded.traceId, span_id: recorded.spanId } } : {}),
      });
  }

  /**
   * Counts the failures of a route from zero. Whoever reads a counter that appears with its first failures cannot know that
   * they are new: `rate` would be zero until the next ones, and an outage that is shorter than two readings never seen.
   */
  countFromZero(method: string, path: string): void {
    for (const status of FAILURES) this.requests.inc({ method, path, status }, 0);
  }

  /** Adds a number that is looked at when somebody asks, and costs nothing until then. */
  watch(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(value());
      },
    });
  }
}

function openMetrics(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(openMetricsContentType);
  return registry;
}
