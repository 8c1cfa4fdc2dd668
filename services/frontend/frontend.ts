import { clientNetwork } from '@cafe-lumiere/runtime/http';
import { relayOrders } from '../order-service/order-relay.js';
import { ConfigurationError, implementService } from '@cafe-lumiere/runtime';
import { Upstream } from '@cafe-lumiere/runtime/upstream';
import { VERSION } from '../version.js';
import { admission } from './admission.js';
import { apiHandlers, type CountedOrder } from './api-routes.js';
import { Assets } from './assets.js';
import { boardPageRoutes } from './board-page-routes.js';
import { OrderLimit } from './order-limit.js';
import { orderPageRoutes } from './order-page-routes.js';
import { problemPage } from './problem-page.js';
import { compression } from './compression.js';
import { criticalityOf } from './criticality.js';
import { frontend } from './declaration.js';
import { securityEvents } from './security-events.js';
import { securityHeaders } from './security-headers.js';
import { isLogInRefused, staffDoor } from './staff-door.js';

const everybody = (): Promise<boolean> => Promise.resolve(true);

/** The code of the frontend. */
export const frontendServer = implementService(frontend, {
  version: VERSION,
  create({ name, config, log, metrics, draining }) {
    const tlsRequired = config.GUEST_TLS === 'required';
    if (tlsRequired && config.TRUSTED_PROXIES === 0) {
      const message =
        'is "required", and TRUSTED_PROXIES is 0: nobody in front is believed who says that a request came over TLS; set it to the number of proxies';
      throw new ConfigurationError(name, [{ variable: 'GUEST_TLS', message }]);
    }
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
    const limit = new OrderLimit(config.ORDERS_PER_MINUTE);
    const counted: CountedOrder = (context, place) => limit.counted(clientNetwork(context.ip), place);
    const assets = new Assets();
    const { STAFF_PASSWORD: password, STAFF_SIGNING_KEY: signingKey } = config;
    const site = { assets, isOpen: password === undefined };
    const door = password === undefined ? undefined : staffDoor({ password, signingKey, orders, site, log });
    if (!door) log.info('STAFF_PASSWORD is not set: the kitchen is open to everybody');
    return {
      handlers: apiHandlers({ orders, kitchen, hub, counted, isStaff: door?.isStaff ?? everybody }),
      pages: [
        assets.route(),
        ...orderPageRoutes({ site, orders, counted }),
        ...boardPageRoutes(site, kitchen),
        ...(door?.pages ?? []),
      ],
      admit: admission(door, tlsRequired),
      trustedProxies: config.TRUSTED_PROXIES,
      dependencies: [orders, kitchen],
      headers: securityHeaders(tlsRequired),
      criticalityOf,
      middleware: [securityEvents(log, isLogInRefused), compression()],
      problemPage: (problem) => problemPage(site, problem),
      close: async () => {
        await Promise.all([orders.close(), kitchen.close(), relay.close()]);
      },
    };
  },
});
