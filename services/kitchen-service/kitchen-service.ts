import { implementService } from '@cafe-lumiere/runtime';
import { Upstream } from '@cafe-lumiere/runtime/upstream';
import { relayOrders } from '../order-service/order-relay.js';
import { VERSION } from '../version.js';
import { kitchenService } from './declaration.js';
import { kitchenHandlers } from './routes.js';

/** The code of kitchen-service. */
export const kitchenServer = implementService(kitchenService, {
  version: VERSION,
  create({ name, config, log, metrics, draining }) {
    const orders = new Upstream({
      from: name,
      to: 'order-service',
      url: config.ORDER_SERVICE_URL,
      timeoutMs: config.ORDER_SERVICE_TIMEOUT_MS,
      log,
      metrics,
    });
    const { hub, relay } = relayOrders(config.ORDER_SERVICE_URL, { draining, metrics, log });
    return {
      handlers: kitchenHandlers(orders, hub),
      dependencies: [orders],
      close: async () => {
        await Promise.all([orders.close(), relay.close()]);
      },
    };
  },
});
