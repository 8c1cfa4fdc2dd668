import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { menu } from '../menu/menu.js';
import { order } from '../order-service/order.js';
import { ask } from '../runtime/pass-on.js';
import { Problem } from '../runtime/problem.js';
import { validForm } from '../runtime/request-body.js';
import type { UpstreamAnswer, UpstreamRequest } from '../runtime/upstream.js';
import type { Upstream } from '../runtime/upstream.js';
import { numberIn, stepCall, type Upstreams } from './api-routes.js';
import type { Assets } from './assets.js';
import { type BoardOrders, displayPage, kitchenPage } from './board-page.js';
import { type OrderForm, orderPage } from './order-page.js';

const formBody = z.looseObject({
  idempotency_key: z.string().optional(),
  customer_name: z.string().default(''),
});
const problemBody = z.object({ detail: z.string().optional(), title: z.string() });

/** The three pages, and what their forms do without JavaScript. */
export function pageRoutes(assets: Assets, { orders, kitchen }: Upstreams): Router {
  const router = new Router();
  router.use(async (context, next) => {
    // The form's key and the boards are of this moment; a kept copy would order twice or show the past.
    context.set('Cache-Control', 'no-store');
    await next();
  });

  router.get('/', async (context) => {
    const number = context.query['order'];
    const form = emptyForm();
    if (typeof number !== 'string' || number === '') {
      context.body = orderPage(assets, { form });
      return;
    }
    const answer = await answerOf(context, orders, {
      method: 'GET',
      path: `/orders/${encodeURIComponent(number)}`,
    });
    if (answer?.status === 404) throw new Problem(404, { detail: `There is no order ${number}.` });
    const placed = answer?.status === 200 ? order.parse(answer.body) : { order_number: number };
    context.body = orderPage(assets, { form, placed });
  });

  router.post('/', async (context) => {
    const form = readForm(validForm(context, formBody));
    const items = [...form.quantities].map(([id, quantity]) => ({ id, quantity }));
    if (items.length === 0) {
      context.status = 422;
      context.body = orderPage(assets, { form, message: 'Please choose something first.' });
      return;
    }
    const answer = await answerOf(context, orders, {
      method: 'POST',
      path: '/orders',
      body: { customer_name: form.customerName, items },
      headers: { 'idempotency-key': form.key },
    });
    if (answer?.status === 201) {
      const { order_number: number } = order.parse(answer.body);
      context.status = 303;
      context.redirect(`/?order=${encodeURIComponent(number)}`);
      return;
    }
    context.status = answer?.status ?? 503;
    context.body = orderPage(assets, { form, message: messageOf(answer) });
  });

  const board = async (context: Context, path: string): Promise<BoardOrders> => {
    const answer = await answerOf(context, kitchen, { method: 'GET', path });
    const read = answer?.status === 200 ? z.array(order).safeParse(answer.body) : undefined;
    return read?.success
      ? { orders: read.data }
      : { problem: 'The orders cannot be read just now. This page asks again by itself.' };
  };
  router.get('/kitchen', async (context) => {
    context.body = kitchenPage(assets, await board(context, '/kitchen/orders'));
  });
  router.get('/display', async (context) => {
    context.body = displayPage(assets, await board(context, '/display/orders'));
  });
  for (const step of ['start', 'ready', 'serve'] as const) {
    router.post(`/kitchen/orders/:orderNumber/${step}`, async (context) => {
      const answer = await answerOf(context, kitchen, stepCall(numberIn(context), step));
      if (answer?.status === 200) {
        context.status = 303;
        context.redirect('/kitchen');
        return;
      }
      context.status = answer?.status ?? 503;
      context.body = kitchenPage(assets, await board(context, '/kitchen/orders'), messageOf(answer));
    });
  }
  return router;
}

/** A form that nobody has filled in, with a key of its own. */
const emptyForm = (): OrderForm => ({ key: randomUUID(), customerName: '', quantities: new Map() });

function readForm(body: z.output<typeof formBody>): OrderForm {
  const quantities = new Map<number, number>();
  for (const { id } of menu) {
    const quantity = Number(body[`quantity-${id}`] ?? 0);
    // What is no quantity is passed on, and refused with its reason where quantities are checked.
    if (quantity !== 0) quantities.set(id, quantity);
  }
  return { key: body.idempotency_key ?? randomUUID(), customerName: body.customer_name, quantities };
}

/** The answer, or nothing when there is none in time: a page is shown all the same. */
async function answerOf(
  context: Context,
  upstream: Upstream,
  call: UpstreamRequest,
): Promise<UpstreamAnswer | undefined> {
  try {
    return await ask(context, upstream, call);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** What to tell a person about an answer that is no success: the reason when it is theirs, never a raw error. */
function messageOf(answer: UpstreamAnswer | undefined): string {
  const read = problemBody.safeParse(answer?.body);
  if (answer && answer.status < 500 && read.success) return read.data.detail ?? read.data.title;
  return 'That did not get through. Nothing is lost: press the button again in a moment.';
}
