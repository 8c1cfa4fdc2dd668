import { createServer, type Server } from 'node:http';
import { SERVER_KEEP_ALIVE_MS } from '@cafe-lumiere/contract';
import type Router from '@koa/router';
import type { Middleware } from 'koa';
import { createApplication } from './http/application.js';
import {
  ConfigurationError,
  type ConfigOf,
  type Environment,
  readConfig,
  variable,
  type Variables,
} from './config.js';
import { drain } from './http/drain.js';
import { type Dependency, Health } from './health.js';
import { createLog, LOG_LEVELS, type Logger } from './log.js';
import { Metrics } from './metrics.js';
import { Operations } from './http/operations.js';
import type { Problem } from './http/problem.js';
import { BackgroundCheck, type ReadinessCheck } from './readiness.js';
import { VERSION } from './version.js';

/** What a service is given to make its parts. */
export interface ServiceContext<Config> {
  readonly name: string;
  readonly version: string;
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Aborted when the drain begins: what would go on for long, such as a stream, ends itself then. */
  readonly draining: AbortSignal;
}

/** What a service is made of. */
export interface ServiceParts {
  /** Its API. @default - none */
  readonly operations?: Operations;
  /** Routes that are no part of the API, such as pages. @default - none */
  readonly router?: Router;
  /** What must hold for this service to serve: its own store. @default - nothing */
  readonly readiness?: readonly ReadinessCheck[];
  /** Neighbours that are reported in /readyz and never decide it. @default - none */
  readonly dependencies?: readonly Dependency[];
  /** Migrations and the like. Until it resolves, /startupz and /readyz say 503. It tries again by itself. */
  start?(signal: AbortSignal): Promise<void>;
  /** Around every answer, problems included. @default - none */
  readonly middleware?: readonly Middleware[];
  /** Asked before every route but the probes: lets a request pass, or refuses it with a Problem. @default - all pass */
  readonly guard?: Middleware;
  /** A problem as a page, for browsers. @default - problem+json for everybody */
  readonly problemPage?: (problem: Problem) => string;
  /** After the last answer: closes pools and agents. */
  close?(): Promise<void>;
}

/** A service: its name, the variables that it reads and how its parts are made. */
export interface ServiceDefinition<Shape extends Variables = Variables> {
  readonly name: string;
  readonly variables: Shape;
  create(context: ServiceContext<ConfigOf<Shape>>): ServiceParts;
}

/** The definition itself; TypeScript infers the configuration's type from the variables. */
export function defineService<const Shape extends Variables>(
  definition: ServiceDefinition<Shape>,
): ServiceDefinition<Shape> {
  return definition;
}

/** A service that listens. */
export interface RunningService {
  readonly port: number;
  readonly url: string;
  readonly log: Logger;
  /** Ends it without losing a request. A second call joins the first. */
  drain(): Promise<void>;
}

const RUNTIME_VARIABLES = {
  PORT: variable.listenPort(),
  HOST: variable.text('0.0.0.0').default('0.0.0.0'),
  LOG_LEVEL: variable.oneOf(LOG_LEVELS, 'info'),
  DRAIN_SECONDS: variable.seconds(5),
  IN_FLIGHT_SECONDS: variable.seconds(10),
};

/** Starts a service in this process. @throws ConfigurationError that names every wrong variable */
export async function startService<Shape extends Variables>(
  definition: ServiceDefinition<Shape>,
  environment: Environment,
): Promise<RunningService> {
  const { name } = definition;
  const { runtime, config } = readBoth(definition, environment);
  const log = createLog(name, VERSION, runtime.LOG_LEVEL);
  const metrics = new Metrics();
  const draining = new AbortController();
  const parts = definition.create({
    name,
    version: VERSION,
    config,
    log,
    metrics,
    draining: draining.signal,
  });
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
  const health = new Health({
    service: name,
    version: VERSION,
    starting: () => state.starting,
    draining: () => draining.signal.aborted,
    checks: () => checks,
    dependencies: () => parts.dependencies ?? [],
  });
  const application = createApplication({
    name,
    version: VERSION,
    operations: parts.operations ?? new Operations(),
    router: parts.router,
    health,
    metrics,
    log,
    draining: () => draining.signal.aborted,
    middleware: parts.middleware ?? [],
    guard: parts.guard,
    problemPage: parts.problemPage,
  });
  const handle = application.callback();
  const server = createServer({ keepAliveTimeout: SERVER_KEEP_ALIVE_MS }, (request, response) => {
    void handle(request, response);
  });
  const port = await listen(server, runtime.PORT, runtime.HOST);
  log.info({ port }, `listening on ${runtime.HOST}:${port}`);

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
    await parts.close?.();
    log.info('ended');
  };
  return { port, url: `http://127.0.0.1:${port}`, log, drain: () => (drained ??= end()) };
}

/** The exit code for a configuration that cannot be used: EX_CONFIG of sysexits.h. */
const EX_CONFIG = 78;

/** A service as a process: reads the process's environment, drains on SIGTERM and SIGINT, and exits. */
export async function runService<Shape extends Variables>(
  definition: ServiceDefinition<Shape>,
): Promise<void> {
  const fail = (error: unknown): never => {
    const message = error instanceof Error ? error.message : String(error);
    // Plain for whoever reads it, and once more for whatever collects logs.
    console.error(message);
    createLog(definition.name, VERSION, 'fatal').fatal(message);
    process.exit(error instanceof ConfigurationError ? EX_CONFIG : 1);
  };
  const service = startService(definition, process.env);
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

/** Reads what the runtime needs and what the service needs, so that one answer names everything that is wrong. */
function readBoth<Shape extends Variables>(
  { name, variables }: ServiceDefinition<Shape>,
  environment: Environment,
): { runtime: ConfigOf<typeof RUNTIME_VARIABLES>; config: ConfigOf<Shape> } {
  const problems: ConfigurationError['problems'][number][] = [];
  const read = <Own extends Variables>(shape: Own): ConfigOf<Own> | undefined => {
    try {
      return readConfig(name, shape, environment);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const runtime = read(RUNTIME_VARIABLES);
  const config = read(variables);
  if (!runtime || !config) throw new ConfigurationError(name, problems);
  return { runtime, config };
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
