import { calls, count, declareService, oneOf, optionalSecret, timeoutOf } from '@cafe-lumiere/contract';
import { frontendApi } from './api.js';
import { LIMITS, ORDERS_PER_MINUTE } from './limits.js';

/** The pages, and the API that they and other clients call. */
export const frontend = declareService({
  name: 'frontend',
  port: 5000,
  reads: {
    ORDER_SERVICE_URL: calls(),
    ORDER_SERVICE_TIMEOUT_MS: timeoutOf('ORDER_SERVICE_URL', 14_750),
    KITCHEN_SERVICE_URL: calls(),
    KITCHEN_SERVICE_TIMEOUT_MS: timeoutOf('KITCHEN_SERVICE_URL', 14_750),
    /** Orders a minute from one address at one pod, see limits.ts. */
    ORDERS_PER_MINUTE: count(ORDERS_PER_MINUTE, { most: 1_000_000 }),
    /**
     * Proxies in front, each of which adds to X-Forwarded-For who has asked it. Without one that header is whatever a guest
     * likes.
     */
    TRUSTED_PROXIES: count(0, { least: 0, most: 10 }),
    /** Whether a request that has come to the last of these proxies without TLS is refused. */
    GUEST_TLS: oneOf(['required', 'not required'], 'not required'),
    /** Who sets it closes the kitchen to guests. */
    STAFF_PASSWORD: optionalSecret(LIMITS.passwordLength),
    /** Signs the staff's sessions; a new one logs everybody out. Without it, one is made of the password. */
    STAFF_SIGNING_KEY: optionalSecret(LIMITS.signingKeyLength),
  },
  image: { programs: { server: './main.ts' }, folders: ['assets'] },
  api: frontendApi,
});
