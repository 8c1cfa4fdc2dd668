import { calls, declareService, timeoutOf } from '@cafe-lumiere/contract';
import { kitchenApi } from './api.js';

/** What the kitchen sees and does. It keeps nothing: order-service has the orders. */
export const kitchenService = declareService({
  name: 'kitchen-service',
  port: 5002,
  reads: {
    ORDER_SERVICE_URL: calls(),
    ORDER_SERVICE_TIMEOUT_MS: timeoutOf('ORDER_SERVICE_URL', 14_500),
  },
  image: { programs: { server: './main.ts' } },
  api: kitchenApi,
});
