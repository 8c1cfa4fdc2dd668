import { calls, declareService, optionalSecret, timeoutOf } from '@cafe-lumiere/contract';
import { frontendApi } from './api.js';

/** The pages, and the API that they and other clients call. */
export const frontend = declareService({
  name: 'frontend',
  port: 5000,
  reads: {
    ORDER_SERVICE_URL: calls(),
    ORDER_SERVICE_TIMEOUT_MS: timeoutOf('ORDER_SERVICE_URL', 5750),
    KITCHEN_SERVICE_URL: calls(),
    KITCHEN_SERVICE_TIMEOUT_MS: timeoutOf('KITCHEN_SERVICE_URL', 5750),
    /** Who sets it closes the kitchen to guests. */
    STAFF_PASSWORD: optionalSecret(),
  },
  image: { programs: { server: './main.ts' }, folders: ['assets'] },
  api: frontendApi,
});
