import type { DisplayedOrder } from '../kitchen-service/api.js';
import { type Board, BOARD_REFRESH_SECONDS, ordersIn, staleBanner } from './board.js';
import { html, type Html } from './html.js';
import { layout, type Site } from './layout.js';

/** The screen on the wall: numbers, nothing to press. */
export function displayPage(site: Site, board: Board<DisplayedOrder>): string {
  const column = (status: 'preparing' | 'ready', title: string): Html => html`
    <section class="column" aria-labelledby="${status}-title">
      <h2 id="${status}-title">${title}</h2>
      <ul id="${status}" class="numbers" aria-live="polite">
        ${ordersIn(board, status).map(({ order_number: number }) => html`<li>${number}</li>`)}
      </ul>
    </section>
  `;
  return layout(site, {
    title: 'Display',
    name: 'display',
    script: 'display.js',
    refresh: { seconds: BOARD_REFRESH_SECONDS, path: '/display' },
    content: html`
      <h1 class="hidden">Orders</h1>
      <div class="notices">${staleBanner(board)}</div>
      <div class="columns">${column('preparing', 'Preparing')} ${column('ready', 'Ready to collect')}</div>
    `,
  });
}
