import type { EventHub } from '@cafe-lumiere/runtime/events';
import type { Handlers } from '@cafe-lumiere/runtime/http';
import { passOn, type Upstream, type UpstreamRequest } from '@cafe-lumiere/runtime/upstream';
import type { Context } from 'koa';
import { displayed } from '../kitchen-service/api.js';
import { menu } from '../menu/menu.js';
import type { Order } from '../order-service/order.js';
import type { frontendApi } from './api.js';
import { orderNumberIn, orderPath, type Step, stepCall } from './order-call.js';

/** What is behind the pages. */
export interface Upstreams {
  readonly orders: Upstream;
  readonly kitchen: Upstream;
  /** The changes of all orders. */
  readonly hub: EventHub<Order>;
}

interface WithOrder {
  readonly params: { readonly orderNumber: string };
}

/** What the pages' scripts and other clients call. Answers are those of the services behind, problems included. */
export function apiHandlers({ orders, kitchen, hub }: Upstreams): Handlers<typeof frontendApi> {
  const pass = async (context: Context, upstream: Upstream, call: UpstreamRequest): Promise<void> => {
    fresh(context);
    await passOn(context, upstream, call);
  };
  const advance =
    (step: Step) =>
    (context: Context, { params }: WithOrder): Promise<void> =>
      pass(context, kitchen, stepCall(params.orderNumber, step));
  const everything = (changed: Order): Order => changed;
  return {
    showMenu(context) {
      fresh(context);
      context.body = menu;
    },
    placeOrder: (context, { body }) =>
      pass(context, orders, { method: 'POST', path: '/orders', body, headers: keyOf(context) }),
    listOrders: (context) => pass(context, orders, { method: 'GET', path: `/orders${context.search}` }),
    findOrder: (context, { params }) =>
      pass(context, orders, { method: 'GET', path: orderPath(params.orderNumber) }),
    followOrder(context, { params }) {
      const number = orderNumberIn(params.orderNumber);
      hub.stream(context, (changed) => (changed.order_number === number ? changed : undefined));
    },
    listOpenOrders: (context) => pass(context, kitchen, { method: 'GET', path: '/kitchen/orders' }),
    followOpenOrders(context) {
      hub.stream(context, everything, { reserved: true });
    },
    listDisplayedOrders: (context) => pass(context, kitchen, { method: 'GET', path: '/display/orders' }),
    followDisplayedOrders(context) {
      hub.stream(context, displayed);
    },
    countOrders: (context) => pass(context, kitchen, { method: 'GET', path: '/kitchen/stats' }),
    startOrder: advance('start'),
    readyOrder: advance('ready'),
    serveOrder: advance('serve'),
  };
}

/** Every answer is of this moment. */
const fresh = (context: Context): void => {
  context.set('Cache-Control', 'no-store');
};

const keyOf = (context: Context): Record<string, string> => {
  const key = context.get('idempotency-key');
  return key === '' ? {} : { 'idempotency-key': key };
};
