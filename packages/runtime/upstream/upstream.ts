import { setTimeout as pause } from 'node:timers/promises';
import { CLIENT_KEEP_ALIVE_MS, HEADERS, HEALTH_PATH } from '@cafe-lumiere/contract';
import { Agent, request } from 'undici';
import type { Dependency } from '../health.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { describeNetworkError, errorMessage } from '../network/network-error.js';
import { CircuitBreaker } from './circuit-breaker.js';
import { hedged } from './hedge.js';
import { Problem } from '../http/problem.js';
import type { RawBody } from '../http/request-body.js';
import { RetryBudget } from './retry-budget.js';
import type { CheckState } from '../readiness.js';
import { racingConnector } from '../network/racing-connector.js';
import { Unreachability } from './unreachability.js';
import {
  CallDeadlineError,
  isOverloaded,
  isRepeatable,
  mayRepeat,
  neverConnected,
  retryAfterMs,
  type RawAnswer,
  type UpstreamRequest,
} from './upstream-call.js';

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
  /**
   * Whether a 503 with `Retry-After` is tried again, in time. Only at the edge: two layers that both do it multiply
   * each other's traffic just when it hurts.
   * @default false
   */
  readonly retriesUnavailable?: boolean;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** How many times a call that never got an answer is tried, at most. */
const ATTEMPTS = 3;
/** Connections to a name of the cluster are made within milliseconds, or not at all. */
const CONNECT_TIMEOUT_MS = 1000;
/** A connection within a cluster takes a millisecond; what takes so long was lost, or its pod is. */
const CONNECTION_ATTEMPT_DELAY_MS = 200;
/** Asked to see whether anybody is there. */
const PING = { method: 'GET', path: HEALTH_PATH } as const;
/** Without traffic, somebody must still notice that a neighbour is away: the metric and /readyz should be true. */
const PING_INTERVAL_MS = 5000;

/** Silence after which another pod is asked, too: longer than nearly every answer, so that it stays the exception. */
const HEDGE_AFTER_MS = 1250;
/**
 * Less says nothing about the other service: our own caller waited no longer. Nearly all of its answers come sooner, so that
 * this is enough to tell when it is away.
 */
const FAIR_WAIT_MS = 1000;
/** The way of an answer, which must still arrive: a 503 that says why is worth more than none. */
const ANSWER_TIME_MS = 100;

/**
 * The one way to call another service: with a deadline, over connections that are kept, and tried again only when that
 * is safe: when nothing was answered, and at the edge also after a 503. Retries are at most a tenth of the traffic, and
 * a service that has not answered for a while is not waited for. The answer of one that says
 * that it has more to do than it can is the answer.
 */
export class Upstream implements Dependency {
  readonly name: string;
  private readonly agent: Agent;
  private readonly ping: NodeJS.Timeout;
  private readonly budget = new RetryBudget();
  private readonly breaker = new CircuitBreaker();
  private readonly unreachability = new Unreachability({
    unreachable: () =>
      this.call(PING, this.options.timeoutMs).then(
        () => false,
        (error: unknown) => neverConnected(error),
      ),
  });
  private current: CheckState = { ok: false, reason: 'not asked yet' };

  constructor(private readonly options: UpstreamOptions) {
    this.name = options.to;
    this.agent = new Agent({
      connect: racingConnector({
        timeoutMs: CONNECT_TIMEOUT_MS,
        attemptDelayMs: CONNECTION_ATTEMPT_DELAY_MS,
      }),
      keepAliveTimeout: CLIENT_KEEP_ALIVE_MS,
      // A server's hint may ask for more, and its own drain would then be too short.
      keepAliveMaxTimeout: CLIENT_KEEP_ALIVE_MS,
    });
    options.metrics.dependencyUp.set(this.labels, 0);
    const ping = (): void => {
      this.call(PING, options.timeoutMs).catch(() => undefined);
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
   * @returns its answer, whatever the status, unread: {@link ask} reads it, {@link passOn} does not need to
   * @throws Problem 503 with `Retry-After` when there is no answer within the deadline
   */
  async request(call: UpstreamRequest): Promise<RawAnswer> {
    const { metrics, timeoutMs } = this.options;
    const remaining = Math.min(timeoutMs, call.remainingMs ?? timeoutMs);
    const stop = metrics.dependencyDuration.startTimer(this.labels);
    try {
      if (!this.breaker.admits()) throw new Error(this.current.reason ?? 'it has not answered for a while');
      this.budget.earn();
      const answer = await this.attempts(call, performance.now() + remaining);
      stop({ status: String(answer.status) });
      return answer;
    } catch (error) {
      const reason = this.describe(error);
      stop({ status: 'none' });
      throw Problem.unavailable(`${this.name} does not answer: ${reason}. Try again in a moment.`, {
        cause: error,
      });
    }
  }

  /** From now on only calls tell whether the other service answers. */
  stopPinging(): void {
    clearInterval(this.ping);
  }

  /** Closes the connections. Calls after it fail. */
  async close(): Promise<void> {
    this.stopPinging();
    this.unreachability.close();
    await this.agent.destroy();
  }

  private get labels(): { from: string; to: string } {
    return { from: this.options.from, to: this.options.to };
  }

  private async attempts(call: UpstreamRequest, deadline: number): Promise<RawAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const last = attempt === ATTEMPTS;
      try {
        const answer = await this.attempt(call, deadline);
        if (isOverloaded(answer)) return answer;
        const wait = retryAfterMs(answer);
        if (last || wait === undefined || !this.options.retriesUnavailable || !isRepeatable(call))
          return answer;
        // Later there would be no time left for an answer.
        if (performance.now() + 2 * wait > deadline || !this.retries()) return answer;
        await pause(wait * (1 + Math.random() / 10));
      } catch (error) {
        if (last || !mayRepeat(call, error) || performance.now() >= deadline || !this.retries()) throw error;
        // Jitter: callers that failed together must not come back together.
        await pause(attempt * (25 + Math.random() * 75));
      }
    }
  }

  /** Whether one more try is within the budget; then it is counted. */
  private retries(): boolean {
    const granted = this.budget.spend();
    if (granted) this.options.metrics.dependencyRetries.inc(this.labels);
    return granted;
  }

  /**
   * One attempt. What may be repeated is asked of another pod, too, when nobody answers for a while. What got no
   * connection was not begun, and waits until there is one again.
   */
  private async attempt(call: UpstreamRequest, deadline: number): Promise<RawAnswer> {
    const remaining = (): number => Math.max(1, Math.ceil(deadline - performance.now()));
    for (;;) {
      try {
        return await hedged((over) => this.call(call, remaining(), over), {
          delayMs: Math.min(HEDGE_AFTER_MS, remaining() / 2),
          allowed: () => isRepeatable(call) && this.retries(),
          // One pod has too much to do; what else is wrong is wrong for the silent one, too, which may have lost its power.
          nonFatal: isOverloaded,
        });
      } catch (error) {
        if (!neverConnected(error) || !(await this.unreachability.end(deadline))) throw error;
      }
    }
  }

  /**
   * The deadline is rejected with an error of ours, whatever undici makes of it.
   *
   * @param over - that the answer is not needed any more, which says nothing about the other service
   */
  private async call(call: UpstreamRequest, milliseconds: number, over?: AbortSignal): Promise<RawAnswer> {
    // Not AbortSignal.any: in Node 20 its result may be collected before it fires.
    const end = new AbortController();
    const deadline = new CallDeadlineError(milliseconds);
    const timer = setTimeout(() => {
      end.abort(deadline);
    }, milliseconds);
    over?.addEventListener('abort', () => {
      end.abort(over.reason);
    });
    try {
      const headers = {
        ...call.headers,
        [HEADERS.requestTimeoutMs]: String(propagatedTimeoutMs(milliseconds)),
      };
      const answer = await this.send({ ...call, headers }, end.signal);
      this.breaker.answered();
      this.unreachability.answered();
      this.note({ ok: true });
      return answer;
    } catch (error) {
      if (over?.aborted === true) throw error;
      const failure = end.signal.aborted ? deadline : error;
      if (failure === deadline && milliseconds < Math.min(FAIR_WAIT_MS, this.options.timeoutMs / 2)) {
        throw deadline;
      }
      // Nobody waits long for a connection, and one looks for all: a pod that is back is seen at once.
      if (!neverConnected(failure)) this.breaker.failed();
      this.note({ ok: false, reason: this.describe(failure) });
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  }

  private async send(
    { method, path, query, body, content, headers }: UpstreamRequest,
    signal: AbortSignal,
  ): Promise<RawAnswer> {
    const url = new URL(path, this.options.url);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const sent = content ?? (body === undefined ? undefined : jsonContent(body));
    const response = await request(url, {
      method,
      dispatcher: this.agent,
      signal,
      headers: {
        accept: 'application/json, application/problem+json',
        ...(sent?.type === undefined ? {} : { 'content-type': sent.type }),
        ...(sent?.encoding === undefined ? {} : { 'content-encoding': sent.encoding }),
        ...headers,
      },
      ...(sent ? { body: sent.bytes } : {}),
    });
    const bytes = Buffer.from(await response.body.arrayBuffer());
    return {
      status: response.statusCode,
      headers: Object.fromEntries(
        Object.entries(response.headers).flatMap(([name, value]) =>
          typeof value === 'string' ? [[name, value]] : [],
        ),
      ),
      bytes,
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

/** What the other service is told that it has, of the time that we wait. */
function propagatedTimeoutMs(milliseconds: number): number {
  return Math.floor(milliseconds - Math.min(ANSWER_TIME_MS, milliseconds / 5));
}

const jsonContent = (value: unknown): RawBody => ({
  type: 'application/json',
  bytes: Buffer.from(JSON.stringify(value)),
});
