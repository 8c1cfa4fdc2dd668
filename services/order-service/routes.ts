import type { EventHub } from '@cafe-lumiere/runtime/events';
import { deadlineOf, type Handlers } from '@cafe-lumiere/runtime/http';
import type { orderApi } from './api.js';
import { notFound, type OrderBook } from './order-book.js';
import { isOrderNumber } from './order-number.js';
import type { Order } from './order.js';
import { idempotencyKey, priced } from './priced-order.js';

/** The HTTP side of order-service. */
export function orderHandlers(book: OrderBook, hub: EventHub<Order>): Handlers<typeof orderApi> {
  const everything = (changed: Order): Order => changed;
  return {
    async placeOrder(context, { body }) {
      const key = idempotencyKey(context.get('idempotency-key'));
      context.body = await book.place(priced(body), key, deadlineOf(context));
      context.status = 201;
    },
    async listOrders(context, { query }) {
      const { status: statuses, limit, before } = query;
      const orders = await book.list({ statuses, limit, before }, deadlineOf(context));
      const last = orders.at(-1);
      if (last && orders.length === limit) {
        const next = new URLSearchParams(context.querystring);
        next.set('before', String(last.id));
        // Relative to the address that was asked, which is another one behind the frontend.
        context.set('Link', `<?${next.toString()}>; rel="next"`);
      }
      context.body = orders;
    },
    async countOrders(context) {
      context.body = await book.count(deadlineOf(context));
    },
    followOrders(context) {
      // Other services, whose own streams hang on it.
      hub.stream(context, everything, { reserved: true });
    },
    async findOrder(context, { params }) {
      context.body = await book.find(orderNumberOf(params.orderNumber), deadlineOf(context));
    },
    async advanceOrder(context, { body, params }) {
      const orderNumber = orderNumberOf(params.orderNumber);
      context.body = await book.advance(orderNumber, body.status, deadlineOf(context));
    },
  };
}

function orderNumberOf(text: string): string {
  if (isOrderNumber(text)) return text;
  throw notFound(text);
}
