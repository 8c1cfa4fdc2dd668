import { EventHub } from '@cafe-lumiere/runtime/events';
import { EventRelay } from '@cafe-lumiere/runtime/events';
import type { ServiceContext } from '@cafe-lumiere/runtime';
import { order, type Order } from './order.js';

/**
 * The changes of all orders in another service: order-service's stream, passed on by a hub of its own.
 *
 * @param url - where order-service is
 */
export function relayOrders(
  url: string,
  { draining, metrics, log }: Pick<ServiceContext, 'draining' | 'metrics' | 'log'>,
): { readonly hub: EventHub<Order>; readonly relay: EventRelay<Order> } {
  const hub = new EventHub<Order>({ event: 'order', draining, open: metrics.eventStreams });
  const relay = new EventRelay({
    to: 'order-service',
    url: new URL('/orders/events', url),
    event: 'order',
    payload: order,
    hub,
    log,
  });
  return { hub, relay };
}
