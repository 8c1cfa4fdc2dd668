import type { Context } from 'koa';
import { z } from 'zod';
import { displayedOrder } from '../kitchen-service/api.js';
import { order, type Order } from '../order-service/order.js';
import type { Route } from '@cafe-lumiere/runtime/http';
import type { Upstream } from '@cafe-lumiere/runtime/upstream';
import type { Board } from './board.js';
import { displayPage } from './display-page.js';
import { kitchenPage } from './kitchen-page.js';
import { type Step, stepCall, STEPS } from './order-call.js';
import type { Site } from './layout.js';
import { LIMITS } from './limits.js';
import { answerOf, messageOf, refuse } from './page-answer.js';

/** The kitchen's page and the display, and what the kitchen's buttons do without JavaScript. */
export function boardPageRoutes(site: Site, kitchen: Upstream): readonly Route[] {
  const step = (verb: Step): Route => ({
    method: 'post',
    path: `/kitchen/orders/:orderNumber/${verb}`,
    audience: 'staff',
    async answer(context, { orderNumber = '' }) {
      const answer = await answerOf(context, kitchen, stepCall(orderNumber, verb));
      if (answer?.status === 200) {
        context.status = 303;
        context.redirect('/kitchen');
        return;
      }
      const board = await boardAt(context, kitchen, '/kitchen/orders', order);
      context.set('Cache-Control', 'no-store');
      refuse(context, answer, kitchenPage(site, board, messageOf(answer)));
    },
  });
  return [
    {
      method: 'get',
      path: '/kitchen',
      audience: 'staff',
      async answer(context) {
        show(context, kitchenPage(site, await boardAt(context, kitchen, '/kitchen/orders', order)));
      },
    },
    {
      method: 'get',
      path: '/display',
      audience: 'everybody',
      async answer(context) {
        show(context, displayPage(site, await boardAt(context, kitchen, '/display/orders', displayedOrder)));
      },
    },
    ...STEPS.map(step),
  ];
}

function show(context: Context, page: string): void {
  // A kept copy would show the past as the present.
  context.set('Cache-Control', 'no-store');
  context.body = page;
}

async function boardAt<Shown extends Pick<Order, 'status'>>(
  context: Context,
  kitchen: Upstream,
  path: string,
  shown: z.ZodType<Shown>,
): Promise<Board<Shown>> {
  const now = new Date();
  const answer = await answerOf(context, kitchen, {
    method: 'GET',
    path,
    remainingMs: LIMITS.pageAnswerMs,
  });
  const read = z.array(shown).safeParse(answer?.body);
  return answer?.status === 200 && read.success ? { orders: read.data, now } : { orders: undefined, now };
}
