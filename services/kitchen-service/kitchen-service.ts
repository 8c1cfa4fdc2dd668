import { variable } from '../runtime/config.js';
import { order, type Order } from '../order-service/order.js';
import { EventHub } from '../runtime/event-hub.js';
import { EventRelay } from '../runtime/event-relay.js';
import { defineService } from '../runtime/service.js';
import { Upstream } from '../runtime/upstream.js';
import { kitchenOperations } from './routes.js';

/** What the kitchen sees and does. It keeps nothing: order-service has the orders. */
export const kitchenService = defineService({
  name: 'kitchen-service',
  variables: {
    ORDER_SERVICE_URL: variable.url('http://order-service:5001'),
    ORDER_SERVICE_TIMEOUT_MS: variable.milliseconds(2000),
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
    const hub = new EventHub<Order>({ event: 'order', draining, open: metrics.eventStreams });
    const relay = new EventRelay({
      to: 'order-service',
      url: new URL('/orders/events', config.ORDER_SERVICE_URL),
      payload: order,
      hub,
      log,
    });
    return {
      operations: kitchenOperations(orders, hub),
      dependencies: [orders],
      close: async () => {
        await Promise.all([orders.close(), relay.close()]);
      },
    };
  },
});
