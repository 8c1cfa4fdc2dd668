import Router from '@koa/router';
import type { Context } from 'koa';
import { z } from 'zod';
import { order } from '../order-service/order.js';
import type { Upstream } from '@cafe-lumiere/runtime/upstream';
import type { Assets } from './assets.js';
import type { Board } from './board.js';
import { displayPage } from './display-page.js';
import { kitchenPage } from './kitchen-page.js';
import { stepCall, STEPS } from './order-call.js';
import { answerOf, messageOf, refuse } from './page-answer.js';

/** The kitchen's page and the display, and what the kitchen's buttons do without JavaScript. */
export function boardPageRoutes(assets: Assets, kitchen: Upstream): Router {
  const router = new Router();
  router.get('/kitchen', async (context) => {
    show(context, kitchenPage(assets, await boardAt(context, kitchen, '/kitchen/orders')));
  });
  router.get('/display', async (context) => {
    show(context, displayPage(assets, await boardAt(context, kitchen, '/display/orders')));
  });
  for (const step of STEPS) {
    router.post(`/kitchen/orders/:orderNumber/${step}`, async (context) => {
      const answer = await answerOf(context, kitchen, stepCall(context.params['orderNumber'], step));
      if (answer?.status === 200) {
        context.status = 303;
        context.redirect('/kitchen');
        return;
      }
      const board = await boardAt(context, kitchen, '/kitchen/orders');
      context.set('Cache-Control', 'no-store');
      refuse(context, answer, kitchenPage(assets, board, messageOf(answer)));
    });
  }
  return router;
}

function show(context: Context, page: string): void {
  // A kept copy would show the past as the present.
  context.set('Cache-Control', 'no-store');
  context.body = page;
}

async function boardAt(context: Context, kitchen: Upstream, path: string): Promise<Board> {
  const now = new Date();
  const answer = await answerOf(context, kitchen, { method: 'GET', path });
  const read = z.array(order).safeParse(answer?.body);
  return answer?.status === 200 && read.success ? { orders: read.data, now } : { orders: undefined, now };
}
