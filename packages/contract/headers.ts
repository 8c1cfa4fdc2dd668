/**
 * The names of the request and response headers that two programs of one system must write alike: a service and its
 * client, or a service and the probe in its manifest. In lower case, as Node has them in `headers`; HTTP does not care.
 */
export const HEADERS = {
  /** Stands in the logs of every service that a request passes. */
  requestId: 'x-request-id',
  /** Which trace a request is a part of, and of which part of it: https://www.w3.org/TR/trace-context/ */
  traceparent: 'traceparent',
  /** What tracing systems say to each other besides. */
  tracestate: 'tracestate',
  /** How long the caller still waits for the answer, in milliseconds: nobody works for a caller who has left. */
  requestTimeoutMs: 'x-request-timeout-ms',
  /** The same key twice is the same request: https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
  idempotencyKey: 'idempotency-key',
  /** `wait=2`: would rather wait for two seconds than be told that we are not ready. RFC 7240, section 4.3. */
  prefer: 'prefer',
  /**
   * `true` with a 503: refused because there is more to do than can be done, and not to be sent again at once. Nothing is
   * standardized for it; Envoy, and with it most service meshes, says it like this and retries no such answer.
   */
  overloaded: 'x-envoy-overloaded',
  /** When to send the same request again, in seconds. RFC 9110, section 10.2.3. */
  retryAfter: 'retry-after',
  /** Where a client that returns to a stream of events was: https://html.spec.whatwg.org/multipage/server-sent-events.html */
  lastEventId: 'last-event-id',
} as const;
