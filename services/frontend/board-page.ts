import type { Order, Status } from '../order-service/order.js';
import type { Assets } from './assets.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** Orders for a board, or why there are none to show. */
export type BoardOrders = { readonly orders: readonly Order[] } | { readonly problem: string };

/** Seconds after which a browser without JavaScript asks again. */
const REFRESH_SECONDS = 5;

/** A cook's next step for each status: the word in the path, and on the button. */
const NEXT_STEP = {
  ordered: { path: 'start', text: 'Start' },
  preparing: { path: 'ready', text: 'Ready' },
  ready: { path: 'serve', text: 'Serve' },
} as const;

/** The cooks' page: three columns, the oldest order first, one button an order. */
export function kitchenPage(assets: Assets, board: BoardOrders, message?: string): string {
  const column = (status: keyof typeof NEXT_STEP, title: string): Html => html`
    <section class="column" aria-labelledby="${status}-title">
      <h2 id="${status}-title">${title}</h2>
      <ul id="${status}">
        ${ordersOf(board, status).map((order) => card(order, NEXT_STEP[status]))}
      </ul>
    </section>
  `;
  return layout(assets, {
    title: 'Kitchen',
    name: 'kitchen',
    script: 'kitchen.js',
    refreshSeconds: REFRESH_SECONDS,
    content: html`
      <h1>Kitchen</h1>
      ${banner(board)}
      <p id="message" class="message" role="alert">${message}</p>
      <div class="columns">
        ${column('ordered', 'Ordered')} ${column('preparing', 'Preparing')} ${column('ready', 'Ready')}
      </div>
    `,
  });
}

/** The screen on the wall: numbers, nothing to press. */
export function displayPage(assets: Assets, board: BoardOrders): string {
  const column = (status: 'preparing' | 'ready', title: string): Html => html`
    <section class="column" aria-labelledby="${status}-title">
      <h2 id="${status}-title">${title}</h2>
      <ul id="${status}" class="numbers" aria-live="polite">
        ${ordersOf(board, status).map(({ order_number: number }) => html`<li>${number}</li>`)}
      </ul>
    </section>
  `;
  return layout(assets, {
    title: 'Display',
    name: 'display',
    script: 'display.js',
    refreshSeconds: REFRESH_SECONDS,
    content: html`
      <h1>Orders</h1>
      ${banner(board)}
      <div class="columns">${column('preparing', 'Preparing')} ${column('ready', 'Ready to collect')}</div>
    `,
  });
}

const ordersOf = (board: BoardOrders, status: Status): readonly Order[] =>
  'orders' in board ? board.orders.filter((order) => order.status === status) : [];

/** Never a silently old board: the same element tells a page with JavaScript and one without. */
function banner(board: BoardOrders): Html {
  const problem = 'problem' in board ? board.problem : undefined;
  return html`<p id="stale" class="stale" role="alert" ${problem === undefined ? html`hidden` : undefined}>
    ${problem}
  </p>`;
}

function card(order: Order, step: { readonly path: string; readonly text: string }): Html {
  return html`
    <li class="card">
      <p class="number">${order.order_number}</p>
      <p>
        ${order.customer_name} ·
        <time datetime="${order.created_at}">${order.created_at.slice(11, 16)} UTC</time>
      </p>
      <ul>
        ${order.items.map(({ name, quantity }) => html`<li>${quantity} × ${name}</li>`)}
      </ul>
      <form method="post" action="/kitchen/orders/${order.order_number}/${step.path}">
        <button class="button">${step.text}<span class="hidden"> ${order.order_number}</span></button>
      </form>
    </li>
  `;
}
