import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS, HEALTH_PATH, PROBE_PATHS } from '@cafe-lumiere/contract';
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Health } from '../health.js';
import type { Metrics } from '../metrics.js';
import { strictRouter } from './route.js';

/** Nobody is kept waiting for longer, in seconds, whatever they prefer. */
const LONGEST_WAIT_SECONDS = 10;
/** How soon a change is seen by whoever waits for it, in milliseconds. */
const LOOK_MS = 20;

/**
 * How long the client would rather wait than be told that we are not ready: `Prefer: wait=2`, in seconds, of
 * https://www.rfc-editor.org/rfc/rfc7240#section-4.3. Kubernetes asks every two seconds; a question that is already there
 * when the store returns is answered at once. Measured in docs/decisions/recovery.md.
 */
function waitMs(context: Context): number {
  const seconds = /(?:^|[\s,;])wait=(\d{1,4})(?:$|[\s,;])/.exec(context.get(HEADERS.prefer))?.[1];
  return Math.min(Number(seconds ?? 0), LONGEST_WAIT_SECONDS) * 1000;
}

async function readyWithin(milliseconds: number, health: Health): Promise<boolean> {
  const end = performance.now() + milliseconds;
  // A process that ends will not be ready any more.
  while (!health.ready && !health.draining && performance.now() < end) await pause(LOOK_MS);
  return health.ready;
}

const FRESH = { 'Cache-Control': 'no-store' } as const;

const answerReadiness =
  (health: Health) =>
  async (context: Context): Promise<void> => {
    const ready = await readyWithin(waitMs(context), health);
    context.status = ready ? 200 : 503;
    context.set(FRESH);
    if (!ready) context.set(HEADERS.retryAfter, '1');
    context.body = health.body;
  };

/** `/health` alone: what a service says of itself on its own port. */
export function healthRoutes(health: Health): Router {
  const router = strictRouter();
  router.get(HEALTH_PATH, answerReadiness(health));
  return router;
}

/** `/livez`, `/startupz`, `/readyz`, `/health` (what `/readyz` says) and `/metrics`. */
export function probes(health: Health, metrics: Metrics): Router {
  const router = strictRouter();
  // Touches nothing: whoever can answer this is alive, whatever else is wrong.
  router.get(PROBE_PATHS.liveness, (context) => {
    context.set(FRESH);
    context.body = { status: 'alive' };
  });
  router.get(PROBE_PATHS.startup, (context) => {
    context.set(FRESH);
    context.status = health.started ? 200 : 503;
    context.body = health.body;
  });
  router.get([PROBE_PATHS.readiness, HEALTH_PATH], answerReadiness(health));
  router.get('/metrics', async (context) => {
    context.set(FRESH);
    context.type = metrics.registry.contentType;
    context.body = await metrics.registry.metrics();
  });
  return router;
}
