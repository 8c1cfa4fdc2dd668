import type { EventHub } from '@cafe-lumiere/runtime/events';
import { type Handlers, Problem } from '@cafe-lumiere/runtime/http';
import {
  ask,
  passOn,
  send,
  type Upstream,
  type UpstreamAnswer,
  type UpstreamRequest,
} from '@cafe-lumiere/runtime/upstream';
import type { Context } from 'koa';
import { z } from 'zod';
import { displayed, displayedOrder } from '../kitchen-service/api.js';
import { menu } from '../menu/menu.js';
import { orderNumberIn } from '../order-service/order-number.js';
import { order, type Order } from '../order-service/order.js';
import type { frontendApi } from './api.js';
import { givenToken, notYours, numberedOrder, opens, tokenIn } from './guest-order.js';
import { LIMITS } from './limits.js';
import { cancelCall, orderPath, type Step, stepCall } from './order-call.js';

/** Places an order that counts for whoever asks, unless nobody could take it. @throws Problem 429 */
export type CountedOrder = <A extends UpstreamAnswer | undefined>(
  context: Context,
  place: () => Promise<A>,
) => Promise<A>;

/** What is behind the pages. */
export interface Upstreams {
  readonly orders: Upstream;
  readonly kitchen: Upstream;
  /** The changes of all orders. */
  readonly hub: EventHub<Order>;
  readonly counted: CountedOrder;
  /** Whether a request comes from the staff: everybody, where there is no staff door. */
  readonly isStaff: (context: Context) => Promise<boolean>;
}

interface WithOrder {
  readonly params: { readonly orderNumber: string };
}

/** What the pages' scripts and other clients call. Answers are those of the services behind, problems included. */
export function apiHandlers({
  orders,
  kitchen,
  hub,
  counted,
  isStaff,
}: Upstreams): Handlers<typeof frontendApi> {
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
    async placeOrder(context, { body }) {
      fresh(context);
      const headers = keyOf(context);
      const call = { method: 'POST', path: '/orders', body, headers } as const;
      const answer = await counted(context, () => ask(context, orders, call));
      send(context, answer);
      const placed = order.safeParse(answer.body);
      if (answer.status === 201 && placed.success) context.body = { ...placed.data, token: tokenIn(answer) };
    },
    listOrders: (context) => pass(context, orders, { method: 'GET', path: `/orders${context.search}` }),
    async findOrder(context, { params }) {
      fresh(context);
      const answer = await ask(context, orders, { method: 'GET', path: orderPath(params.orderNumber) });
      send(context, answer);
      if (answer.status !== 200 || opens(givenToken(context), answer) || (await isStaff(context))) return;
      context.body = read(numberedOrder, answer.body);
    },
    async cancelOrder(context, { params }) {
      fresh(context);
      const answer = await ask(context, orders, { method: 'GET', path: orderPath(params.orderNumber) });
      if (answer.status !== 200) send(context, answer);
      else if (!opens(givenToken(context), answer) && !(await isStaff(context))) throw notYours();
      else await passOn(context, orders, cancelCall(params.orderNumber));
    },
    followOrder(context, { params }) {
      const number = orderNumberIn(params.orderNumber);
      hub.stream(context, (changed) => (changed.order_number === number ? displayed(changed) : undefined));
    },
    listOpenOrders: (context) => pass(context, kitchen, { method: 'GET', path: '/kitchen/orders' }),
    followOpenOrders(context) {
      hub.stream(context, everything, { reserved: true });
    },
    async listDisplayedOrders(context) {
      fresh(context);
      const answer = await ask(context, kitchen, { method: 'GET', path: '/display/orders' });
      send(context, answer);
      if (answer.status === 200) context.body = read(z.array(displayedOrder), answer.body);
    },
    followDisplayedOrders(context) {
      hub.stream(context, displayed);
    },
    countOrders: (context) => pass(context, kitchen, { method: 'GET', path: '/kitchen/stats' }),
    startOrder: advance('start'),
    readyOrder: advance('ready'),
    serveOrder: advance('serve'),
    cancelOrderForStaff: advance('cancel'),
  };
}

/** What of an answer is for everybody. @throws Problem 502 for something else, of which nothing is shown then */
function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const { data, success } = schema.safeParse(body);
  if (success) return data;
  throw new Problem(502, { detail: 'The service behind answered something that are no orders.' });
}

/** Every answer is of this moment. */
const fresh = (context: Context): void => {
  context.set('Cache-Control', 'no-store');
};

/** @throws Problem 400 for a key that another guest may have as well; what else can be wrong, order-service says */
function keyOf(context: Context): Record<string, string> {
  const key = context.get('idempotency-key');
  if (key === '') return {};
  if (key.length >= LIMITS.keyLength) return { 'idempotency-key': key };
  throw new Problem(400, {
    detail:
      `The Idempotency-Key "${key}" is so short that another guest may have it as well; ` +
      `it needs at least ${LIMITS.keyLength} characters, such as a UUID.`,
  });
}
