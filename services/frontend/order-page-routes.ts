import { randomUUID } from 'node:crypto';
import type { Context } from 'koa';
import { z } from 'zod';
import { menu } from '../menu/menu.js';
import { notFound } from '../order-service/order-number.js';
import { order } from '../order-service/order.js';
import { Problem, type Route, validForm } from '@cafe-lumiere/runtime/http';
import type { UpstreamAnswer } from '@cafe-lumiere/runtime/upstream';
import type { Upstreams } from './api-routes.js';
import { notYours, opens, tokenIn } from './guest-order.js';
import { cancelCall, orderPath } from './order-call.js';
import { LIMITS } from './limits.js';
import { KEY_USED, type OrderForm, orderPage, orderPageOf } from './order-page.js';
import type { Site } from './layout.js';
import { answerOf, messageOf, problemBody, refuse } from './page-answer.js';

/** What our form sends. A key that cannot be ours is none. */
const formBody = z.looseObject({
  idempotency_key: z
    .string()
    .min(LIMITS.keyLength)
    .regex(/^[\w-]{1,255}$/)
    .optional()
    .catch(undefined),
  customer_name: z.string().catch(''),
});

interface OrderPageParts extends Pick<Upstreams, 'orders' | 'counted'> {
  readonly site: Site;
}

/** The guests' page, and what its form does without JavaScript. */
export function orderPageRoutes({ site, orders, counted }: OrderPageParts): readonly Route[] {
  const show = async (context: Context): Promise<void> => {
    // The form's key is of this moment: a copy of it, kept somewhere, would not be another order.
    context.set('Cache-Control', 'no-store');
    const form: OrderForm = { key: randomUUID(), customerName: '', quantities: new Map() };
    const { order: number, token: asked } = context.query;
    if (typeof number !== 'string' || number === '') {
      context.body = orderPage(site, { form });
      return;
    }
    const answer = await answerOf(context, orders, {
      method: 'GET',
      path: orderPath(number),
      remainingMs: LIMITS.pageAnswerMs,
    });
    const { data: found } = order.safeParse(answer?.body);
    const token = typeof asked === 'string' ? asked : undefined;
    if (answer && found) {
      const mine = token !== undefined && opens(token, answer);
      const all = mine ? { token, items: found.items } : {};
      context.body = orderPage(site, { form, placed: { number, status: found.status, ...all } });
      return;
    }
    // Nobody who can say more just now is no reason to doubt the number.
    if (!answer || answer.status >= 500) {
      context.body = orderPage(site, { form, placed: { number, token } });
      return;
    }
    throw notFound(number);
  };

  const place = async (context: Context): Promise<void> => {
    context.set('Cache-Control', 'no-store');
    const form = readForm(await validForm(context, formBody));
    const items = [...form.quantities].map(([id, quantity]) => ({ id, quantity }));
    if (items.length === 0) {
      context.status = 422;
      context.body = orderPage(site, { form, message: 'Please choose something first.' });
      return;
    }
    const call = {
      method: 'POST',
      path: '/orders',
      body: { customer_name: form.customerName, items },
      headers: { 'idempotency-key': form.key },
    } as const;
    let answer: UpstreamAnswer | undefined;
    try {
      answer = await counted(context, () => answerOf(context, orders, call));
    } catch (error) {
      if (!(error instanceof Problem && error.status === 429)) throw error;
      context.status = error.status;
      context.set({ ...error.options.headers });
      context.body = orderPage(site, { form, message: error.message });
      return;
    }
    const placed = answer?.status === 201 ? order.safeParse(answer.body).data : undefined;
    if (answer && placed) {
      context.status = 303;
      context.redirect(orderPageOf({ number: placed.order_number, token: tokenIn(answer) }));
    } else if (isKeyUsed(answer)) {
      // Another key, so that the next press is another order: that is what they are told.
      const next = { ...form, key: randomUUID() };
      refuse(context, answer, orderPage(site, { form: next, message: KEY_USED }));
    } else {
      const message =
        answer?.status === 409
          ? 'Your order is still on its way. Press the button once more in a moment; it stays one order.'
          : messageOf(answer);
      refuse(context, answer, orderPage(site, { form, message }));
    }
  };
  const cancel = async (context: Context, number: string): Promise<void> => {
    context.set('Cache-Control', 'no-store');
    const { token } = await validForm(context, z.looseObject({ token: z.string().catch('') }));
    const found = await answerOf(context, orders, { method: 'GET', path: orderPath(number) });
    if (found?.status === 404) throw notFound(number);
    if (found?.status === 200 && !opens(token, found)) throw notYours();
    const answer = found?.status === 200 ? await answerOf(context, orders, cancelCall(number)) : undefined;
    // Whether the kitchen was faster, the page of the order says.
    if (answer?.status === 200 || answer?.status === 409) {
      context.status = 303;
      context.redirect(orderPageOf({ number, token }));
      return;
    }
    throw Problem.unavailable(messageOf(answer));
  };
  return [
    {
      method: 'post',
      path: '/orders/:orderNumber/cancel',
      audience: 'everybody',
      answer: (context, { orderNumber = '' }) => cancel(context, orderNumber),
    },
    { method: 'get', path: '/', audience: 'everybody', answer: show },
    { method: 'post', path: '/', audience: 'everybody', answer: place },
  ];
}

function readForm(body: z.output<typeof formBody>): OrderForm {
  const quantities = new Map<number, number>();
  for (const { id } of menu) {
    const quantity = Number(body[`quantity-${id}`] ?? 0);
    // What is no quantity is passed on, and refused with its reason where quantities are checked.
    if (quantity !== 0) quantities.set(id, quantity);
  }
  return { key: body.idempotency_key ?? randomUUID(), customerName: body.customer_name, quantities };
}

/** The other reason for a 422 than fields: this form was sent before, with something else in it. */
function isKeyUsed(answer: UpstreamAnswer | undefined): boolean {
  return answer?.status === 422 && problemBody.safeParse(answer.body).data?.errors === undefined;
}
