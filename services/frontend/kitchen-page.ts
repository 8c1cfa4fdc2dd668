import type { Order } from '../order-service/order.js';
import { type Board, BOARD_REFRESH_SECONDS, ordersIn, staleBanner } from './board.js';
import { html, type Html } from './html.js';
import { layout, type Site } from './layout.js';
import { logOutForm } from './staff-door.js';
import type { Step } from './order-call.js';

/** A column, and the step that leads out of it: the word in the path, and on the button. */
interface Column {
  readonly status: 'ordered' | 'preparing' | 'ready';
  readonly title: string;
  readonly step: Step;
  readonly button: string;
}

const COLUMNS: readonly Column[] = [
  { status: 'ordered', title: 'Ordered', step: 'start', button: 'Start' },
  { status: 'preparing', title: 'Preparing', step: 'ready', button: 'Ready' },
  { status: 'ready', title: 'Ready', step: 'serve', button: 'Serve' },
];

/** Longer than a refresh of the board, so that a reason can be read. */
const MESSAGE_SECONDS = 20;

/** The cooks' page: three columns, the oldest order first, one button an order; `message` says why a step was refused. */
export function kitchenPage(site: Site, board: Board, message?: string): string {
  return layout(site, {
    title: 'Kitchen',
    name: 'kitchen',
    script: 'kitchen.js',
    // The path, because the page may be the answer to a button's POST.
    refresh: { seconds: message === undefined ? BOARD_REFRESH_SECONDS : MESSAGE_SECONDS, path: '/kitchen' },
    content: html`
      <h1>Kitchen</h1>
      <p><button id="mute" class="button quiet" type="button" hidden></button></p>
      ${site.isOpen ? undefined : logOutForm}
      <div class="notices">
        ${staleBanner(board)}
        <p id="message" class="message" role="alert">${message}</p>
      </div>
      <div id="columns" class="columns">${COLUMNS.map((column) => section(column, board))}</div>
      <p id="kept-steps" class="message" role="status"></p>
    `,
  });
}

/** The script finds the words for new cards in the list's attributes. */
function section(column: Column, board: Board): Html {
  const { status, title, step, button } = column;
  return html`
    <section class="column" aria-labelledby="${status}-title">
      <h2 id="${status}-title">${title}</h2>
      <ul id="${status}" class="cards" data-step="${step}" data-button="${button}">
        ${ordersIn(board, status).map((order) => card(order, column, board.now))}
      </ul>
    </section>
  `;
}

/** assets/kitchen.js makes the same for orders that come later. */
function card(order: Order, { status, step, button }: Column, now: Date): Html {
  const { order_number: number, created_at: created } = order;
  return html`
    <li class="card" data-number="${number}" tabindex="-1">
      <p class="number">${number}</p>
      <p class="guest">${order.customer_name}</p>
      <p class="age"><time datetime="${created}">${age(created, now)}</time></p>
      <ul>
        ${order.items.map(({ name, quantity }) => html`<li>${quantity} × ${name}</li>`)}
      </ul>
      <form method="post" autocomplete="off" action="/kitchen/orders/${number}/${step}">
        <button class="button">${button}<span class="hidden"> ${number}</span></button>
      </form>
      ${status === 'ordered' ? cancelForm(number) : undefined}
    </li>
  `;
}

/** Only before anybody has begun; the script asks once more. */
const cancelForm = (number: string): Html => html`
  <form class="cancel" method="post" autocomplete="off" action="/kitchen/orders/${number}/cancel">
    <button class="button quiet">Cancel<span class="hidden"> ${number}</span></button>
  </form>
`;

/** How long ago, in whole minutes; assets/kitchen.js says the same. */
function age(created: string, now: Date): string {
  const minutes = Math.floor((now.getTime() - Date.parse(created)) / 60_000);
  return minutes < 1 ? 'just now' : `${minutes} min ago`;
}
