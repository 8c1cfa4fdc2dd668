import type { EventHub } from '@cafe-lumiere/runtime/events';
import type { Handlers } from '@cafe-lumiere/runtime/http';
import { passOn, type Upstream } from '@cafe-lumiere/runtime/upstream';
import type { Context } from 'koa';
import { orderNumberIn } from '../order-service/order-number.js';
import type { Order, Status } from '../order-service/order.js';
import { displayed, type kitchenApi } from './api.js';
import { ordersOldestFirst, stats } from './boards.js';

/** The HTTP side of kitchen-service. */
export function kitchenHandlers(orders: Upstream, hub: EventHub<Order>): Handlers<typeof kitchenApi> {
  const advanceTo =
    (status: Status) =>
    async (context: Context, { params }: { readonly params: { readonly orderNumber: string } }) => {
      const path = `/orders/${orderNumberIn(params.orderNumber)}`;
      await passOn(context, orders, { method: 'PUT', path, body: { status } });
    };
  const everything = (changed: Order): Order => changed;
  return {
    listOpenOrders: (context) => ordersOldestFirst(context, orders, ['ordered', 'preparing', 'ready']),
    listDisplayedOrders: (context) => ordersOldestFirst(context, orders, ['preparing', 'ready']),
    countOrders: (context) => stats(context, orders),
    followOpenOrders(context) {
      hub.stream(context, everything);
    },
    followDisplayedOrders(context) {
      hub.stream(context, displayed);
    },
    prepareOrder: advanceTo('preparing'),
    readyOrder: advanceTo('ready'),
    serveOrder: advanceTo('served'),
    cancelOrder: advanceTo('cancelled'),
    startOrderByPost: advanceTo('preparing'),
    readyOrderByPost: advanceTo('ready'),
    serveOrderByPost: advanceTo('served'),
    cancelOrderByPost: advanceTo('cancelled'),
  };
}
