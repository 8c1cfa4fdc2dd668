import { CATEGORIES, type Category, menu, type MenuItem } from '../menu/menu.js';
import { LIMITS } from '../order-service/order-request.js';
import { type OrderItem, type Status, STATUSES } from '../order-service/order.js';
import { html, type Html } from './html.js';
import { layout, type Site } from './layout.js';

/** What the guest has typed, to be shown again when the order could not be placed. */
export interface OrderForm {
  /** Made when the form is drawn, and kept until the order is acknowledged: one click is one order. */
  readonly key: string;
  readonly customerName: string;
  /** By menu id. */
  readonly quantities: ReadonlyMap<number, number>;
}

/** What the page shows. */
export interface OrderPageState {
  readonly form: OrderForm;
  /** Why the order was not placed, in words for the guest. @default - none */
  readonly message?: string;
  /** The order that was placed. @default - none */
  readonly placed?: PlacedOrder;
}

/** An order that was placed: its number alone when nobody can say more just now. */
export interface PlacedOrder {
  readonly number: string;
  readonly status?: Status | undefined;
  /** What opens it: the guest has it in the page's address. @default - this is not its guest */
  readonly token?: string | undefined;
  /** For its guest only. @default - none */
  readonly items?: readonly OrderItem[] | undefined;
}

/** The page of an order, for its guest when there is a token. */
export function orderPageOf({ number, token }: PlacedOrder): string {
  return `/?${new URLSearchParams({ order: number, ...(token === undefined ? {} : { token }) }).toString()}`;
}

/** For a guest who went back to a form that was sent before, and changed it. */
export const KEY_USED =
  'This form was sent before, and that order was placed. Press the button again to order this as well.';

const CATEGORY_NAMES: Readonly<Record<Category, string>> = {
  coffee: 'Coffee',
  pastry: 'Pastry',
  icecream: 'Ice cream',
  pizza: 'Pizza',
  sandwich: 'Sandwiches',
  dessert: 'Desserts',
};

/** Of an order, for its guest. */
const STATUS_TEXTS = {
  ordered: 'Ordered. The kitchen will start soon.',
  preparing: 'Being prepared.',
  ready: 'Ready! Please come to the counter.',
  served: 'Served. Enjoy!',
  cancelled: 'Cancelled. There is nothing to pay.',
} as const;
const STATUS_UNKNOWN = 'We have your order. Its status cannot be asked just now.';
const STATUS_REFRESH_SECONDS = 5;

const euro = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

/** The guests' page: the menu as one form, which works without JavaScript, or the order that was placed. */
export function orderPage(site: Site, { form, message, placed }: OrderPageState): string {
  return layout(site, {
    title: 'Order',
    name: 'order',
    script: 'order.js',
    ...(placed ? { refresh: { seconds: STATUS_REFRESH_SECONDS, path: orderPageOf(placed) } } : {}),
    content: html`${placedOrder(placed)} ${orderForm(form, message, placed !== undefined)}`,
  });
}

/** The script finds the words for each status in the attributes. */
function placedOrder(placed: OrderPageState['placed']): Html {
  const texts = STATUSES.map((status) => html`data-${status}="${STATUS_TEXTS[status]}" `);
  const text = placed && (placed.status ? STATUS_TEXTS[placed.status] : STATUS_UNKNOWN);
  const items = placed?.items?.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ');
  return html`
    <section id="placed" class="placed" aria-labelledby="placed-title" ${hiddenUnless(placed !== undefined)}>
      <h1 id="placed-title" tabindex="-1">Your order</h1>
      <p class="number" id="placed-number" data-token="${placed?.token}">${placed?.number}</p>
      <p id="placed-status" class="status" role="status" ${texts} data-unknown="${STATUS_UNKNOWN}">${text}</p>
      <p id="placed-items">${items}</p>
      ${cancelForm(placed)}
      <p><a id="again" class="button quiet" href="/">Order something else</a></p>
    </section>
  `;
}

/** The script shows and hides it as the status changes, see assets/cancellation.js. */
function cancelForm(placed: OrderPageState['placed']): Html {
  const possible = placed?.status === 'ordered' && placed.token !== undefined;
  return html`
    <form id="cancel" method="post" action="/orders/${placed?.number}/cancel" ${hiddenUnless(possible)}>
      <input type="hidden" name="token" value="${placed?.token}" />
      <button class="button quiet">Cancel this order</button>
    </form>
    <p id="cancel-message" class="message" role="status"></p>
  `;
}

function orderForm(form: OrderForm, message: string | undefined, isPlaced: boolean): Html {
  return html`
    <form
      id="order-form"
      method="post"
      action="/"
      autocomplete="off"
      data-key-used="${KEY_USED}"
      ${hiddenUnless(!isPlaced)}
    >
      <h1 tabindex="-1">What would you like?</h1>
      <p id="last" hidden>Your last order: <a id="last-link" href="/"></a></p>
      <input type="hidden" name="idempotency_key" value="${form.key}" />
      ${CATEGORIES.map((category) => section(category, form))}
      <div class="basket">
        <p id="message" class="message" role="status">${message}</p>
        <label for="customer_name">Your name</label>
        <input
          id="customer_name"
          name="customer_name"
          required
          pattern=".*\\S.*"
          title="A name that we can call"
          maxlength="${LIMITS.nameLength}"
          autocomplete="given-name"
          value="${form.customerName}"
        />
        <button id="order-button" class="button">
          <span id="order-button-text">Order</span><span id="total"></span>
        </button>
      </div>
    </form>
  `;
}

function section(category: Category, form: OrderForm): Html {
  const items = menu.filter((item) => item.category === category);
  return html`
    <fieldset>
      <legend>${CATEGORY_NAMES[category]}</legend>
      <ul class="menu">
        ${items.map((item) => line(item, form.quantities.get(item.id) ?? 0))}
      </ul>
    </fieldset>
  `;
}

function line({ id, name, price, icon }: MenuItem, quantity: number): Html {
  return html`
    <li>
      <label for="quantity-${id}"><span aria-hidden="true">${icon}</span><span>${name}</span></label>
      <span class="price">${euro.format(price)}</span>
      <input
        id="quantity-${id}"
        name="quantity-${id}"
        data-id="${id}"
        data-name="${name}"
        data-price="${price}"
        type="number"
        inputmode="numeric"
        min="0"
        max="${LIMITS.quantity}"
        value="${quantity}"
      />
    </li>
  `;
}

const hiddenUnless = (shown: boolean): Html | undefined => (shown ? undefined : html`hidden`);
