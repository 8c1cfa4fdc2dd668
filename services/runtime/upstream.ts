import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Dependency } from './health.js';
import type { Logger } from './log.js';
import type { Metrics } from './metrics.js';
import { describeNetworkError, errorMessage, networkErrorCode } from './network-error.js';
import { Problem } from './problem.js';
import type { CheckState } from './readiness.js';

/** Who calls whom, and for how long. */
export interface UpstreamOptions {
  /** This service's name. */
  readonly from: string;
  /** The other service's name. */
  readonly to: string;
  /** Where it is, such as `http://order-service:5001`. */
  readonly url: string;
  /** When a call is given up, retries included. */
  readonly timeoutMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** One call. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Whether doing it twice is the same as doing it once. Only then is a call repeated whose connection broke before the
   * answer. A call that never left, because there was no connection, is repeated in any case.
   * @default - true for GET, PUT and whatever carries an Idempotency-Key
   */
  readonly repeatable?: boolean;
}

/** The other service's answer, whatever its status. */
export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; nothing when there is no body. */
  readonly body: unknown;
}

/** How many times a call that never got an answer is tried, at most. */
const ATTEMPTS = 3;
/** Connections to a name of the cluster are made within milliseconds, or not at all. */
const CONNECT_TIMEOUT_MS = 1000;
/**
 * Idle connections are closed by us after this. It must be shorter than the servers' drain (5 s, see drain.ts): then a
 * connection that we did not use during the drain is gone before the server is.
 */
const KEEP_ALIVE_MS = 4000;
/** Without traffic, somebody must still notice that a neighbour is away: the metric and /readyz should be true. */
const PING_INTERVAL_MS = 5000;

/**
 * The one way to call another service: with a deadline, over connections that are kept, tried again only when that is
 * safe *and* nothing was answered. An answer, also a 503, is the caller's to judge: two layers that both retry answers
 * multiply each other's traffic just when it hurts.
 */
export class Upstream implements Dependency {
  readonly name: string;
  private readonly agent: Agent;
  private readonly ping: NodeJS.Timeout;
  private current: CheckState = { ok: false, reason: 'not asked yet' };

  constructor(private readonly options: UpstreamOptions) {
    this.name = options.to;
    this.agent = new Agent({
      connect: { timeout: CONNECT_TIMEOUT_MS },
      keepAliveTimeout: KEEP_ALIVE_MS,
      // A server's hint may ask for more, and its own drain would then be too short.
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
    });
    options.metrics.dependencyUp.set(this.labels, 0);
    const ping = (): void => {
      this.call({ method: 'GET', path: '/livez' }, AbortSignal.timeout(options.timeoutMs)).then(
        () => { this.note({ ok: true }); },
        (error: unknown) => { this.note({ ok: false, reason: this.describe(error) }); },
      ); // prettier-ignore
    };
    ping();
    this.ping = setInterval(ping, PING_INTERVAL_MS).unref();
  }

  /** Whether the last question was answered. */
  get state(): CheckState {
    return this.current;
  }

  /**
   * Calls the other service.
   *
   * @returns its answer, whatever the status
   * @throws Problem 503 with `Retry-After` when there is no answer within the deadline
   */
  async request(call: UpstreamRequest): Promise<UpstreamAnswer> {
    const { metrics, timeoutMs } = this.options;
    const deadline = AbortSignal.timeout(timeoutMs);
    const stop = metrics.dependencyDuration.startTimer(this.labels);
    try {
      const answer = await this.attempt(call, deadline, 1);
      this.note({ ok: true });
      stop({ status: String(answer.status) });
      return answer;
    } catch (error) {
      const reason = this.describe(error);
      this.note({ ok: false, reason });
      stop({ status: 'none' });
      throw Problem.unavailable(`${this.name} does not answer: ${reason}. Try again in a moment.`, {
        cause: error,
      });
    }
  }

  /** Closes the connections. Calls after it fail. */
  async close(): Promise<void> {
    clearInterval(this.ping);
    await this.agent.destroy();
  }

  private get labels(): { from: string; to: string } {
    return { from: this.options.from, to: this.options.to };
  }

  private async attempt(
    call: UpstreamRequest,
    deadline: AbortSignal,
    attempt: number,
  ): Promise<UpstreamAnswer> {
    try {
      return await this.call(call, deadline);
    } catch (error) {
      if (attempt === ATTEMPTS || !mayRepeat(call, networkErrorCode(error))) throw error;
      // Jitter: callers that failed together must not come back together.
      await pause(attempt * (25 + Math.random() * 75), undefined, { signal: deadline }).catch(() => {
        throw error;
      });
      return this.attempt(call, deadline, attempt + 1);
    }
  }

  /** One attempt. The deadline is rejected with an error of ours, whatever undici makes of it. */
  private async call(call: UpstreamRequest, deadline: AbortSignal): Promise<UpstreamAnswer> {
    try {
      return await this.send(call, deadline);
    } catch (error) {
      if (deadline.aborted)
        throw new Error(`no answer within ${this.options.timeoutMs} ms`, { cause: error });
      throw error;
    }
  }

  private async send(
    { method, path, query, body, headers }: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<UpstreamAnswer> {
    const url = new URL(path, this.options.url);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const response = await request(url, {
      method,
      dispatcher: this.agent,
      signal,
      headers: {
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value]] : [],
        ),
      ),
      body: text === '' ? undefined : parse(text),
    };
  }

  private describe(error: unknown): string {
    return describeNetworkError(error) ?? errorMessage(error);
  }

  private note(state: CheckState): void {
    const { log, metrics } = this.options;
    if (state.ok !== this.current.ok || (!state.ok && state.reason !== this.current.reason)) {
      if (state.ok) log.info({ dependency: this.name }, `${this.name} answers`);
      else
        log.warn(
          { dependency: this.name },
          `${this.name} does not answer: ${state.reason ?? 'no reason given'}`,
        );
    }
    this.current = state;
    metrics.dependencyUp.set(this.labels, state.ok ? 1 : 0);
  }
}

/** There was no connection, so nothing can have happened on the other side. */
const NEVER_SENT = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Reading, setting a state that is then set, and a POST that carries its key may be sent twice. */
function mayRepeat({ method, headers, repeatable }: UpstreamRequest, code: string | undefined): boolean {
  if (code === undefined) return false;
  if (NEVER_SENT.has(code)) return true;
  const keyed = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'idempotency-key');
  return repeatable ?? (method !== 'POST' || keyed);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('its answer is no JSON');
  }
}
