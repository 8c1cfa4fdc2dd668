import Router from '@koa/router';
import { variable } from '@cafe-lumiere/runtime';
import { relayOrders } from '../order-service/order-relay.js';
import { defineService } from '@cafe-lumiere/runtime';
import { Upstream } from '@cafe-lumiere/runtime/upstream';
import { apiOperations } from './api-routes.js';
import { Assets } from './assets.js';
import { boardPageRoutes } from './board-page-routes.js';
import { orderPageRoutes } from './order-page-routes.js';
import { problemPage } from './problem-page.js';
import { compression } from './compression.js';
import { securityHeaders } from './security-headers.js';
import { staffDoor } from './staff-door.js';

/** The pages, and the API that they and other clients call. */
export const frontend = defineService({
  name: 'frontend',
  variables: {
    ORDER_SERVICE_URL: variable.url('http://order-service:5001'),
    ORDER_SERVICE_TIMEOUT_MS: variable.milliseconds(5750),
    KITCHEN_SERVICE_URL: variable.url('http://kitchen-service:5002'),
    KITCHEN_SERVICE_TIMEOUT_MS: variable.milliseconds(5750),
    STAFF_PASSWORD: variable.optionalPassword(),
  },
  create({ name, config, log, metrics, draining }) {
    const shared = { from: name, retriesUnavailable: true, log, metrics };
    const orders = new Upstream({
      ...shared,
      to: 'order-service',
      url: config.ORDER_SERVICE_URL,
      timeoutMs: config.ORDER_SERVICE_TIMEOUT_MS,
    });
    const kitchen = new Upstream({
      ...shared,
      to: 'kitchen-service',
      url: config.KITCHEN_SERVICE_URL,
      timeoutMs: config.KITCHEN_SERVICE_TIMEOUT_MS,
    });
    const { hub, relay } = relayOrders(config.ORDER_SERVICE_URL, { draining, metrics, log });
    const assets = new Assets();
    const { STAFF_PASSWORD: password } = config;
    const door = password === undefined ? undefined : staffDoor(password, assets);
    if (!door) log.info('STAFF_PASSWORD is not set: the kitchen is open to everybody');
    const router = new Router();
    for (const routes of [
      assets.routes(),
      orderPageRoutes(assets, orders),
      boardPageRoutes(assets, kitchen),
      ...(door ? [door.routes] : []),
    ]) {
      router.use(routes.routes());
    }
    return {
      operations: apiOperations({ orders, kitchen, hub }),
      router,
      dependencies: [orders, kitchen],
      middleware: [securityHeaders(), compression()],
      ...(door ? { guard: door.guard } : {}),
      problemPage: (problem) => problemPage(assets, problem),
      close: async () => {
        await Promise.all([orders.close(), kitchen.close(), relay.close()]);
      },
    };
  },
});
