import type { Server } from 'node:http';
import { type Api, type ConfigOf, RUNTIME_VARIABLES, type ServiceDeclaration } from '@cafe-lumiere/contract';
import type { Middleware } from 'koa';
import { createApplication } from './http/application.js';
import {
  ConfigurationError,
  ConfigurationReader,
  EX_CONFIG,
  type Environment,
  type StoreConfigs,
} from './config.js';
import { endsWithin } from './deadline.js';
import { drain } from './http/drain.js';
import { type Dependency, Health } from './health.js';
import { createLog, type Logger } from './log.js';
import { Metrics } from './metrics.js';
import { type Handlers, routesOf } from './http/operations.js';
import { admitRequests } from './http/overload/admission.js';
import type { CriticalityOf } from './http/overload/criticality.js';
import { overloadAnswer } from './http/overload/overload-answer.js';
import { createOperationsServer } from './http/operations-port.js';
import type { Problem } from './http/problem.js';
import { type Admit, type AdmittedRoute, type Route, routerOf } from './http/route.js';
import { createHttpServer } from './http/server.js';
import { type Tracer, unrecorded } from './tracing/span.js';
import { BackgroundCheck, type ReadinessCheck } from './readiness.js';

/** Less than pools may take to close, which happens meanwhile. */
const LAST_TRACES_MS = 2000;

/** What a service is given to make its parts. */
export interface ServiceContext<Declared extends ServiceDeclaration = ServiceDeclaration> {
  readonly name: string;
  readonly version: string;
  /** The variables of its declaration. */
  readonly config: ConfigOf<Declared['reads']>;
  /** Where its stores are. */
  readonly stores: StoreConfigs<Declared['stores']>;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Aborted when the drain begins: what would go on for long, such as a stream, ends itself then. */
  readonly draining: AbortSignal;
}

/** What a service is made of. */
export type ServiceParts<Declared extends Api = Api> = (keyof Declared extends never
  ? { readonly handlers?: undefined }
  : {
      /** A handler for each operation of its declaration. */
      readonly handlers: Handlers<Declared>;
    }) & {
  /** Pages, forms and files: what is no part of the API. @default - none */
  readonly pages?: readonly Route[];
  /** Asked for each request, with the route that was matched, before the route answers. @default - all are admitted */
  readonly admit?: Admit;
  /** What must hold for this service to serve: its own store. @default - nothing */
  readonly readiness?: readonly ReadinessCheck[];
  /** Neighbours that are reported in /readyz and never decide it. @default - none */
  readonly dependencies?: readonly Dependency[];
  /** Migrations and the like. Until it resolves, /startupz and /readyz say 503. It tries again by itself. */
  readonly start?: (signal: AbortSignal) => Promise<void>;
  /** Headers of every answer, problems and refusals included. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /** What goes first when there is more to do than can be done. @default - all requests are equal */
  readonly criticalityOf?: CriticalityOf;
  /** Around every answer, problems included. @default - none */
  readonly middleware?: readonly Middleware[];
  /**
   * Proxies in front of it that say in X-Forwarded-For and X-Forwarded-Proto who asks, and how.
   * @default 0: nobody is believed
   */
  readonly trustedProxies?: number;
  /** A problem as a page, for browsers. @default - problem+json for everybody */
  readonly problemPage?: (problem: Problem) => string;
  /** After the last answer: closes pools and agents. */
  readonly close?: () => Promise<void>;
};

/** A service: what it says about itself, and how its parts are made. */
export interface ServiceImplementation<Declared extends ServiceDeclaration = ServiceDeclaration> {
  readonly declaration: Declared;
  /** The version of its code, for the log and the probes. */
  readonly version: string;
  readonly create: (context: ServiceContext<Declared>) => ServiceParts<Declared['api']>;
}

/** The code of a declared service; what it is given and must give follows from the declaration. */
export function implementService<Declared extends ServiceDeclaration>(
  declaration: Declared,
  { version, create }: Omit<ServiceImplementation<Declared>, 'declaration'>,
): ServiceImplementation<Declared> {
  return { declaration, version, create };
}

/** A service that listens. */
export interface RunningService {
  readonly port: number;
  readonly url: string;
  /** Where it answers probes, `/metrics` and `/openapi.json`. */
  readonly operationsUrl: string;
  readonly log: Logger;
  /** Everything that it answers, but the probes. */
  readonly routes: readonly AdmittedRoute[];
  /** Ends it without losing a request. A second call joins the first. */
  drain(): Promise<void>;
}

/** Starts a service in this process. @throws ConfigurationError that names every wrong variable */
export async function startService<Declared extends ServiceDeclaration>(
  { declaration, version, create }: ServiceImplementation<Declared>,
  environment: Environment,
): Promise<RunningService> {
  const { name, api } = declaration;
  const reader = new ConfigurationReader(name, environment);
  const runtime = reader.read(RUNTIME_VARIABLES);
  const config = reader.read(declaration.reads);
  const stores = reader.stores(declaration.stores);
  reader.end();
  const log = createLog(name, version, runtime.LOG_LEVEL);
  const metrics = new Metrics({ exemplars: runtime.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined });
  const tracer = await tracerOf(declaration.name, version, runtime, log);
  const draining = new AbortController();
  const parts = create({ name, version, config, stores, log, metrics, draining: draining.signal });
  const state = { starting: 'not started yet' as string | undefined };
  const checks = (parts.readiness ?? []).map(
    (check) =>
      new BackgroundCheck(check, ({ ok, reason }) => {
        if (ok) log.info({ check: check.name }, `${check.name} is usable`);
        else
          log.warn(
            { check: check.name, reason },
            `${check.name} is not usable: ${reason ?? 'no reason given'}`,
          );
      }),
  );
  const isDraining = (): boolean => draining.signal.aborted;
  const health = new Health({
    service: name,
    version,
    starting: () => state.starting,
    listening: () => server.listening,
    draining: isDraining,
    checks: () => checks,
    dependencies: () => parts.dependencies ?? [],
  });
  const answered = parts.handlers ? routesOf(api, parts.handlers) : [];
  const routes = [
    ...answered.map((route) => ({ ...route, page: false })),
    ...(parts.pages ?? []).map((route) => ({ ...route, page: true })),
  ];
  const { headers = {}, problemPage, trustedProxies = 0 } = parts;
  const application = createApplication({
    router: routerOf(routes, parts.admit),
    health,
    metrics,
    log,
    draining: isDraining,
    tracer,
    // Where others than services ask, nobody is believed but the proxies in front.
    believesCallers: trustedProxies > 0 || routes.every(({ audience }) => audience === 'services'),
    headers,
    middleware: parts.middleware ?? [],
    trustedProxies,
    problemPage,
  });
  const handle = application.callback();
  const server = createHttpServer();
  admitRequests(server, {
    answer: (request, response) => {
      void handle(request, response);
    },
    refuse: overloadAnswer({ headers, problemPage, draining: isDraining }),
    criticalityOf: parts.criticalityOf ?? (() => 'usual'),
    metrics,
    log,
  });
  const operations = createOperationsServer({
    name,
    version,
    api,
    health,
    metrics,
    log,
    draining: isDraining,
  });
  const port = await listen(server, runtime.PORT, runtime.HOST);
  const operationsPort = await listen(operations, runtime.OPERATIONS_PORT, runtime.HOST);
  log.info({ port, operationsPort }, `listening on ${runtime.HOST}:${port}`);

  const ending = new AbortController();
  const starting = (parts.start?.(ending.signal) ?? Promise.resolve()).then(
    () => {
      state.starting = undefined;
      log.info('started');
    },
    (error: unknown) => {
      state.starting = error instanceof Error ? error.message : String(error);
      if (!ending.signal.aborted) log.error({ err: error }, `cannot start: ${state.starting}`);
    },
  );

  let drained: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    draining.abort();
    log.info(`draining for ${runtime.DRAIN_SECONDS} s`);
    await drain(server, { drainSeconds: runtime.DRAIN_SECONDS, inFlightSeconds: runtime.IN_FLIGHT_SECONDS });
    ending.abort();
    for (const check of checks) check.stop();
    await starting;
    // A collector that does not answer keeps nobody: the last traces are lost then.
    await Promise.all([parts.close?.(), endsWithin(tracer.close(), LAST_TRACES_MS)]);
    // Last: until here somebody may want to know how far the end is.
    await drain(operations, { drainSeconds: 0, inFlightSeconds: 1 });
    log.info('ended');
  };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    operationsUrl: `http://127.0.0.1:${operationsPort}`,
    log,
    routes,
    drain: () => (drained ??= end()),
  };
}

/** Loads what records traces only where somebody asks for them. */
async function tracerOf(
  service: string,
  version: string,
  {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER_ARG: share,
  }: Pick<ConfigOf<typeof RUNTIME_VARIABLES>, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_TRACES_SAMPLER_ARG'>,
  log: Logger,
): Promise<Tracer> {
  if (endpoint === undefined) return unrecorded;
  const { openTelemetry } = await import('./tracing/open-telemetry.js');
  return openTelemetry({ service, version, endpoint, share, log });
}

/** A service as a process: reads the process's environment, drains on SIGTERM and SIGINT, and exits. */
export async function runService<Declared extends ServiceDeclaration>(
  implementation: ServiceImplementation<Declared>,
): Promise<void> {
  const { declaration, version } = implementation;
  const fail = (error: unknown): never => {
    const message = error instanceof Error ? error.message : String(error);
    // Plain for whoever reads it, and once more for whatever collects logs.
    console.error(message);
    createLog(declaration.name, version, 'fatal').fatal(message);
    process.exit(error instanceof ConfigurationError ? EX_CONFIG : 1);
  };
  const service = startService(implementation, process.env);
  const signals = { count: 0 };
  // Before the service listens: a pod may be deleted at any time, and process 1 ignores what nobody listens to.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      signals.count += 1;
      // Whoever asks twice means at once.
      if (signals.count > 1) process.exit(1);
      service.then((running) => running.drain()).then(() => process.exit(0), fail);
    });
  }
  await service.catch(fail);
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
      fail(new Error(`cannot listen on ${host}:${port}: ${reason}`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      done(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}
