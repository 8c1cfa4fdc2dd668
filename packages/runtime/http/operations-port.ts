import type { Server } from 'node:http';
import type { Api } from '@cafe-lumiere/contract';
import Koa from 'koa';
import type { Health } from '../health.js';
import type { Logger } from '../log.js';
import type { Metrics } from '../metrics.js';
import { closeWhileDraining, identify, notFound, problems, wellFormed } from './application.js';
import { OPERATIONS_LIMITS } from './limits.js';
import { openApiDocument } from './open-api.js';
import { probes } from './probes.js';
import { createHttpServer } from './server.js';
import { unrecorded } from '../tracing/span.js';

/** What is told on the operations port, and of whom. */
export interface OperationsParts {
  readonly name: string;
  readonly version: string;
  readonly api: Api;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly draining: () => boolean;
}

/**
 * The server for who looks after a service: probes, `/metrics` and `/openapi.json`. No Service leads to its port, and its
 * requests are not counted among those of the service. It has connections of its own, so that a kubelet is answered also
 * when clients have taken all of the service's. See docs/decisions/operations-port.md.
 */
export function createOperationsServer(parts: OperationsParts): Server {
  const { name, version, api, health, metrics, log, draining } = parts;
  const application = new Koa();
  // Everything is caught below, except a client that went away.
  application.silent = true;
  application.use(wellFormed());
  application.use(identify(unrecorded, false));
  application.use(closeWhileDraining(draining));
  application.use(problems(log));
  const router = probes(health, metrics);
  router.get('/openapi.json', (context) => {
    context.body = openApiDocument({ title: name, version }, api);
  });
  application.use(router.routes());
  application.use(notFound([router]));
  const handle = application.callback();
  return createHttpServer(OPERATIONS_LIMITS).on('request', (request, response) => {
    void handle(request, response);
  });
}
