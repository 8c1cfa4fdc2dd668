import { variable } from '@cafe-lumiere/runtime';
import { relayOrders } from '../order-service/order-relay.js';
import { defineService } from '@cafe-lumiere/runtime';
import { Upstream } from '@cafe-lumiere/runtime/upstream';
import { kitchenOperations } from './routes.js';

/** What the kitchen sees and does. It keeps nothing: order-service has the orders. */
export const kitchenService = defineService({
  name: 'kitchen-service',
  variables: {
    ORDER_SERVICE_URL: variable.url('http://order-service:5001'),
    ORDER_SERVICE_TIMEOUT_MS: variable.milliseconds(5500),
  },
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
      operations: kitchenOperations(orders, hub),
      dependencies: [orders],
      close: async () => {
        await Promise.all([orders.close(), relay.close()]);
      },
    };
  },
});
