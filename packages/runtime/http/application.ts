import { HEADERS, HEALTH_PATH } from '@cafe-lumiere/contract';
import type Router from '@koa/router';
import Koa, { type Middleware, type ParameterizedContext } from 'koa';
import type { Health } from '../health.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { loggedOf, requestIdOf, spanOf } from './caller.js';
import { healthRoutes } from './probes.js';
import { Problem } from './problem.js';
import { unreadBody } from './unread-body.js';
import { type Tracer, unrecorded } from '../tracing/span.js';
import { traceContextIn } from '../tracing/trace-context.js';
import { UnavailableError } from '../unavailable.js';

/** What every service's application is made of. */
export interface ApplicationParts {
  /** The routes of the API, and those that are no part of it, such as pages. */
  readonly router: Router;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly draining: () => boolean;
  readonly tracer: Tracer;
  /** Whether who calls decides what is recorded of its trace. */
  readonly believesCallers: boolean;
  /** Of every answer, problems included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Around every answer, problems included. */
  readonly middleware: readonly Middleware[];
  /** Proxies in front that are believed when they say who asks. */
  readonly trustedProxies: number;
  /** A problem as a page, for whoever asks for HTML first. */
  readonly problemPage: ((problem: Problem) => string) | undefined;
}

/** The Koa application of a service: its routes, with everything around them that all services share. */
export function createApplication(parts: ApplicationParts): Koa {
  const { router, health, metrics, log, draining } = parts;
  const application = new Koa();
  // Koa prints what it catches; everything is caught below, except a client that went away.
  application.silent = true;
  // Of the header's addresses only those that our proxies have added: the ones before are the client's own words.
  application.proxy = parts.trustedProxies > 0;
  application.maxIpsCount = parts.trustedProxies;
  application.use(wellFormed());
  application.use(identify(parts.tracer, parts.believesCallers));
  application.use(closeWhileDraining(draining));
  application.use(unreadBody());
  application.use(observe(health, metrics, log));
  application.use(withHeaders(parts.headers));
  for (const middleware of parts.middleware) application.use(middleware);
  application.use(problems(log, parts.problemPage));
  for (const { path, methods } of router.stack) {
    for (const method of methods) if (method !== 'HEAD') metrics.countFromZero(method, String(path));
  }
  const own = healthRoutes(health);
  application.use(own.routes());
  application.use(router.routes());
  application.use(notFound([own, router]));
  return application;
}

/** Refuses what others on the way may understand in another way than we do. */
export function wellFormed(): Middleware {
  return async (context, next) => {
    const { url, req } = context;
    const hosts = req.rawHeaders.filter((name, index) => index % 2 === 0 && /^host$/i.test(name));
    let detail: string | undefined;
    // `GET http://[` is HTTP and no URL: Koa throws wherever somebody asks for the path.
    if (url !== '*' && !URL.canParse(url, 'http://localhost')) detail = 'The request target is not a URL.';
    // RFC 9112, section 3.2.
    else if (hosts.length > 1) detail = 'The request has more than one Host.';
    if (detail === undefined) {
      await next();
      return;
    }
    const problem = new Problem(400, { detail });
    context.status = problem.status;
    context.body = JSON.stringify(problem.body());
    context.type = 'application/problem+json';
    context.set('Connection', 'close');
  };
}

function withHeaders(headers: ApplicationParts['headers']): Middleware {
  return async (context, next) => {
    context.set({ ...headers });
    await next();
  };
}

/**
 * Says which request this is, and of which trace it is a part. Who gives no request's id finds the whole trace by the one
 * that it gets.
 */
export function identify(tracer: Tracer, believed: boolean): Middleware {
  return async (context, next) => {
    const caller = traceContextIn(
      context.get(HEADERS.traceparent),
      context.get(HEADERS.tracestate),
      believed,
    );
    const probe = context.path === HEALTH_PATH;
    const span = (probe ? unrecorded : tracer).request(context.method, caller);
    context.state['span'] = span;
    const given = context.get(HEADERS.requestId);
    // Only what is harmless in a log line and a header.
    const id = /^[\w-]{1,100}$/.test(given) ? given : span.context.traceId;
    context.state['requestId'] = id;
    context.set(HEADERS.requestId, id);
    await next();
  };
}

/** The second part of the drain: whoever keeps a connection is told to open the next one elsewhere. */
export function closeWhileDraining(draining: () => boolean): Middleware {
  return async (context, next) => {
    if (draining()) context.set('Connection', 'close');
    await next();
    // The drain may have begun while this request was served.
    if (draining() && !context.headerSent) context.set('Connection', 'close');
  };
}

function observe(health: Health, metrics: Metrics, log: Logger): Middleware {
  return async (context, next) => {
    const probe = context.path === HEALTH_PATH;
    if (!probe && !health.ready) metrics.requestsWhileUnready.inc();
    const started = performance.now();
    metrics.inFlight += 1;
    let answered = false;
    // Before the answer: a client that has gone by then closes nothing any more.
    context.res.once('close', () => {
      metrics.inFlight -= 1;
      if (!answered) return;
      const milliseconds = performance.now() - started;
      const labels = { method: context.method, path: routeOf(context), status: String(context.status) };
      const span = spanOf(context);
      metrics.requests.inc(labels);
      // A stream lasts as long as its client likes.
      if (context.state['stream'] !== true) {
        metrics.observeAnswer(labels, milliseconds / 1000, span.recorded ? span.context : undefined);
        endSpan(context);
      }
      const { traceId, spanId } = span.context;
      const entry = {
        // As loggedOf has it; to spread that took some microseconds, of each request.
        requestId: requestIdOf(context),
        trace_id: traceId,
        span_id: spanId,
        method: context.method,
        path: context.path,
        status: context.status,
        milliseconds: Math.round(milliseconds),
      };
      const line = `${context.method} ${context.path} ${context.status}`;
      if (probe) log.trace(entry, line);
      else if (context.status >= 500) log.warn(entry, line);
      else log.info(entry, line);
    });
    await next();
    answered = true;
    // Nobody waits for the end of a stream, nor for a client that has gone.
    if (context.state['stream'] === true || context.res.closed) endSpan(context);
  };
}

/** By https://opentelemetry.io/docs/specs/semconv/http/http-spans/; no address of anybody, and no query. */
function endSpan(context: ParameterizedContext): void {
  const span = spanOf(context);
  if (!span.recorded) return;
  const { method, status } = context;
  const route = routeOf(context);
  span.rename(`${method} ${route}`);
  span.set({ 'http.request.method': method, 'http.route': route, 'http.response.status_code': status });
  span.end(status >= 500 ? new Error(`answered ${status}`) : undefined);
}

/** The route's pattern: a label with a URL in it would be a new time series for every one of them. */
function routeOf(context: ParameterizedContext): string {
  const matched: unknown = Reflect.get(context, '_matchedRoute');
  return typeof matched === 'string' ? matched : 'none';
}

/** Sends every error as a problem. What nobody thought of is a 500 that says nothing, and a log entry that says all. */
export function problems(log: Logger, problemPage?: ApplicationParts['problemPage']): Middleware {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      const problem = error instanceof Problem ? error : asProblem(error);
      if (problem.status >= 500) {
        const cause: unknown = problem.options.cause;
        log[problem.status === 500 ? 'error' : 'warn'](
          {
            ...loggedOf(context),
            ...(problem.status === 500 ? { err: error } : {}),
            ...(cause instanceof Error ? { cause: cause.message } : {}),
          },
          `${context.method} ${context.path}: ${problem.status === 500 && error instanceof Error ? error.message : problem.message}`,
        );
      }
      context.status = problem.status;
      context.set({ ...problem.options.headers });
      if (problemPage && context.accepts('json', 'html') === 'html') {
        context.body = problemPage(problem);
        context.type = 'html';
        return;
      }
      context.body = JSON.stringify(problem.body(context.path));
      context.type = 'application/problem+json';
    }
  };
}

/** What may pass is a 503. Koa and its router throw errors that carry a status; those below 500 are the client's. */
function asProblem(error: unknown): Problem {
  if (error instanceof UnavailableError) return Problem.unavailable(error.detail, { cause: error });
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    if (error.status >= 400 && error.status < 500)
      return new Problem(error.status, { detail: error.message });
  }
  if (error instanceof URIError) return new Problem(400, { detail: 'The path is not well-formed.' });
  return new Problem(500, { cause: error });
}

/** 404 for a path that nobody knows, 405 with `Allow` for a known one that does not take this method. */
export function notFound(routers: readonly Router[]): Middleware {
  return (context) => {
    const allowed = new Set(
      routers.flatMap((router) =>
        router.match(context.path, context.method).path.flatMap(({ methods }) => methods),
      ),
    );
    if (allowed.size === 0) throw new Problem(404, { detail: `There is nothing at ${context.path}.` });
    const allow = [...allowed, 'OPTIONS'].join(', ');
    context.set('Allow', allow);
    if (context.method === 'OPTIONS') {
      context.status = 204;
      return;
    }
    throw new Problem(405, {
      detail: `${context.path} does not take ${context.method}; it takes ${[...allowed].join(', ')}.`,
      headers: { Allow: allow },
    });
  };
}
