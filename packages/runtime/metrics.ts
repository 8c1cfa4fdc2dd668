import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; the upper end is that of any request that somebody waits for. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3, 5, 10, 15];
/** With which a service says that something went wrong here or behind it. */
const FAILURES = ['500', '502', '503', '504'];

/** What every service counts, at `/metrics` in Prometheus' format. `path` is a route's pattern, never a URL. */
export class Metrics {
  readonly registry = new Registry();
  readonly requestDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    labelNames: ['method', 'path', 'status'] as const,
    buckets: BUCKETS,
    registers: [this.registry],
  });
  readonly requests = new Counter({
    name: 'http_requests_total',
    help: 'Answered requests.',
    labelNames: ['method', 'path', 'status'] as const,
    registers: [this.registry],
  });
  readonly requestsWhileUnready = new Counter({
    name: 'http_requests_while_unready_total',
    help: 'Requests, other than for /health, that came while /readyz said 503 or before this process had started.',
    registers: [this.registry],
  });
  readonly requestsShed = new Counter({
    name: 'http_requests_shed_total',
    help: 'Requests that were refused because there was more to do than could be done; they are in no other metric.',
    labelNames: ['criticality'] as const,
    registers: [this.registry],
  });
  readonly dependencyUp = new Gauge({
    name: 'dependency_up',
    help: 'Whether the last question to a dependency was answered: 1 or 0.',
    labelNames: ['from', 'to'] as const,
    registers: [this.registry],
  });
  readonly dependencyDuration = new Histogram({
    name: 'dependency_request_duration_seconds',
    help: 'Time of a call to a dependency, retries included; status is the answer’s, or "none".',
    labelNames: ['from', 'to', 'status'] as const,
    buckets: BUCKETS,
    registers: [this.registry],
  });
  readonly dependencyRetries = new Counter({
    name: 'dependency_retries_total',
    help: 'Calls to a dependency that were tried again.',
    labelNames: ['from', 'to'] as const,
    registers: [this.registry],
  });
  readonly eventStreams = new Gauge({
    name: 'event_streams_open',
    help: 'Streams of server-sent events that are open.',
    registers: [this.registry],
  });

  /** Requests that are begun and not answered, streams included. */
  inFlight = 0;

  /** @param processMetrics - whether to collect Node's own metrics, too; they keep timers that tests do not want */
  constructor(processMetrics = true) {
    if (processMetrics) collectDefaultMetrics({ register: this.registry });
    this.watch('http_requests_in_flight', 'Requests that are begun and not answered.', () => this.inFlight);
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
