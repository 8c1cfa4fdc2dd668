import type { EventHub } from '@cafe-lumiere/runtime/events';
import { deadlineOf, spanOf, type Handlers } from '@cafe-lumiere/runtime/http';
import type { Context } from 'koa';
import { ORDER_TOKEN, type orderApi } from './api.js';
import type { GuestOrder, OrderBook } from './order-book.js';
import { orderNumberIn } from './order-number.js';
import type { Order } from './order.js';
import { idempotencyKey, priced } from './priced-order.js';
import type { WrongGuesses } from './wrong-guesses.js';

/** The HTTP side of order-service. */
export function orderHandlers(
  book: OrderBook,
  hub: EventHub<Order>,
  guesses: WrongGuesses,
): Handlers<typeof orderApi> {
  const everything = (changed: Order): Order => changed;
  return {
    async placeOrder(context, { body }) {
      const key = idempotencyKey(context.get('idempotency-key'));
      show(
        context,
        await book.place(priced(body), key, { deadline: deadlineOf(context), span: spanOf(context) }),
      );
      context.status = 201;
    },
    async listOrders(context, { query }) {
      const { status: statuses, limit, before, after } = query;
      const orders = await book.list({ statuses, limit, before, after }, deadlineOf(context));
      const last = orders.at(-1);
      if (last && orders.length === limit) {
        const next = new URLSearchParams(context.querystring);
        next.set(after === undefined ? 'before' : 'after', String(last.id));
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
      show(context, await book.find(orderNumberIn(params.orderNumber), deadlineOf(context)));
    },
    async advanceOrder(context, { body, params }) {
      const orderNumber = orderNumberIn(params.orderNumber);
      context.body = await book.advance(orderNumber, body.status, deadlineOf(context));
    },
    async takeGuessTurn(context, { body }) {
      context.body = await guesses.take(body, deadlineOf(context));
    },
    async forgetGuesses(context, { body }) {
      await guesses.forget(body.client, deadlineOf(context));
      context.body = body;
    },
  };
}

/** The token is beside the order, and no part of it: whoever passes orders on passes on no token by accident. */
function show(context: Context, { order, token }: GuestOrder): void {
  context.body = order;
  if (token !== undefined) context.set(ORDER_TOKEN, token);
}
