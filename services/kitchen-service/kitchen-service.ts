import Router from '@koa/router';
import { variable } from '../runtime/config.js';
import { defineService } from '../runtime/service.js';
import { passOn } from '../runtime/pass-on.js';
import { Upstream } from '../runtime/upstream.js';
import { ordersOldestFirst, stats } from './boards.js';

/** The steps of a cook, by the words in the paths, and the status that each leads to. */
const STEPS = { prepare: 'preparing', start: 'preparing', ready: 'ready', serve: 'served' } as const;

/** What the kitchen sees and does. It keeps nothing: order-service has the orders. */
export const kitchenService = defineService({
  name: 'kitchen-service',
  variables: {
    ORDER_SERVICE_URL: variable.url('http://order-service:5001'),
    ORDER_SERVICE_TIMEOUT_MS: variable.milliseconds(2000),
  },
  create({ name, config, log, metrics }) {
    const orders = new Upstream({
      from: name,
      to: 'order-service',
      url: config.ORDER_SERVICE_URL,
      timeoutMs: config.ORDER_SERVICE_TIMEOUT_MS,
      log,
      metrics,
    });
    const router = new Router();
    router.get('/kitchen/orders', async (context) => {
      await ordersOldestFirst(context, orders, ['ordered', 'preparing', 'ready']);
    });
    router.get('/display/orders', async (context) => {
      await ordersOldestFirst(context, orders, ['preparing', 'ready']);
    });
    router.get('/kitchen/stats', async (context) => {
      await stats(context, orders);
    });
    const step = (method: 'put' | 'post', word: keyof typeof STEPS): void => {
      router[method](`/kitchen/orders/:orderNumber/${word}`, async (context) => {
        const path = `/orders/${encodeURIComponent(context.params['orderNumber'] ?? '')}`;
        await passOn(context, orders, { method: 'PUT', path, body: { status: STEPS[word] } });
      });
    };
    // PUT with the first system's verbs, POST with its later ones; both are in use.
    for (const word of ['prepare', 'ready', 'serve'] as const) step('put', word);
    for (const word of ['start', 'ready', 'serve'] as const) step('post', word);
    return { router, dependencies: [orders], close: () => orders.close() };
  },
});
