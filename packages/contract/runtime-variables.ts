import { OPERATIONS_PORT } from './ports.js';
import { listenPort, oneOf, optionalUrl, seconds, share, text } from './variable.js';

/** The levels that `LOG_LEVEL` may have. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What every service on the runtime reads besides its own variables. */
export const RUNTIME_VARIABLES = {
  PORT: listenPort(),
  /** Where it answers probes, `/metrics` and `/openapi.json`. */
  OPERATIONS_PORT: listenPort(OPERATIONS_PORT),
  HOST: text('0.0.0.0'),
  LOG_LEVEL: oneOf(LOG_LEVELS, 'info'),
  /** How long it goes on serving after SIGTERM, telling each client to close its connection. */
  DRAIN_SECONDS: seconds(5),
  /** How long requests in flight may take after that. */
  IN_FLIGHT_SECONDS: seconds(20),
  /** Where traces are sent, by OTLP over HTTP; `/v1/traces` is added. Nothing is recorded without it. */
  OTEL_EXPORTER_OTLP_ENDPOINT: optionalUrl(),
  /** The share of traces that is recorded; what belongs to a trace of a caller that is believed is as that one is. */
  OTEL_TRACES_SAMPLER_ARG: share(1),
} as const;

/** The variables of its own that a gate reads, besides those of the stores. */
export const GATE_VARIABLES = {
  /** How long it waits for a usable store before it ends with its reason. */
  GATE_TIMEOUT_SECONDS: seconds(300),
} as const;
