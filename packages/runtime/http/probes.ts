import { setTimeout as pause } from 'node:timers/promises';
import { HEADERS } from '@cafe-lumiere/contract';
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Health } from '../health.js';
import type { Metrics } from '../metrics.js';
import { strictRouter } from './route.js';

/** The paths that are asked by machines, not by people. */
export const PROBE_PATHS: ReadonlySet<string> = new Set([
  '/livez',
  '/readyz',
  '/startupz',
  '/health',
  '/metrics',
  '/openapi.json',
]);

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
  while (!health.ready && performance.now() < end) await pause(LOOK_MS);
  return health.ready;
}

/** `/livez`, `/startupz`, `/readyz`, `/health` (what `/readyz` says) and `/metrics`. */
export function probes(health: Health, metrics: Metrics): Router {
  const router = strictRouter();
  router.use(async (context, next) => {
    context.set('Cache-Control', 'no-store');
    await next();
  });
  // Touches nothing: whoever can answer this is alive, whatever else is wrong.
  router.get('/livez', (context) => {
    context.body = { status: 'alive' };
  });
  router.get('/startupz', (context) => {
    context.status = health.started ? 200 : 503;
    context.body = health.body;
  });
  router.get(['/readyz', '/health'], async (context) => {
    const ready = await readyWithin(waitMs(context), health);
    context.status = ready ? 200 : 503;
    if (!ready) context.set(HEADERS.retryAfter, '1');
    context.body = health.body;
  });
  router.get('/metrics', async (context) => {
    context.type = metrics.registry.contentType;
    context.body = await metrics.registry.metrics();
  });
  return router;
}
