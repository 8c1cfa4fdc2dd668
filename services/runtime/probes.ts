import Router from '@koa/router';
import type { Health } from './health.js';
import type { Metrics } from './metrics.js';

/** The paths that are asked by machines, not by guests. */
export const PROBE_PATHS: ReadonlySet<string> = new Set([
  '/livez',
  '/readyz',
  '/startupz',
  '/health',
  '/metrics',
  '/openapi.json',
]);

/** `/livez`, `/startupz`, `/readyz`, `/health` (what `/readyz` says) and `/metrics`. */
export function probes(health: Health, metrics: Metrics): Router {
  const router = new Router();
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
  router.get(['/readyz', '/health'], (context) => {
    context.status = health.ready ? 200 : 503;
    if (!health.ready) context.set('Retry-After', '1');
    context.body = health.body;
  });
  router.get('/metrics', async (context) => {
    context.type = metrics.registry.contentType;
    context.body = await metrics.registry.metrics();
  });
  return router;
}
