import { CATEGORIES, type Category, menu, type MenuItem } from '../menu/menu.js';
import type { Order } from '../order-service/order.js';
import type { Assets } from './assets.js';
import { html, type Html } from './html.js';
import { layout } from './layout.js';

/** What the guest has typed, to be shown again when the order could not be placed. */
export interface OrderForm {
  /** Made when the form is drawn, and kept until the order is acknowledged: one click is one order. */
  readonly key: string;
  readonly customerName: string;
  /** By menu id. */
  readonly quantities: ReadonlyMap<number, number>;
}

/** What the page shows beside the form. */
export interface OrderPageState {
  readonly form: OrderForm;
  /** Why the order was not placed, in words for the guest. */
  readonly message?: string;
  /** The order that was placed, or its number alone when nobody can say more just now. */
  readonly placed?: Order | { readonly order_number: string };
}

const CATEGORY_NAMES: Readonly<Record<Category, string>> = {
  coffee: 'Coffee',
  pastry: 'Pastry',
  icecream: 'Ice cream',
  pizza: 'Pizza',
  sandwich: 'Sandwiches',
  dessert: 'Desserts',
};

/** Of an order, for its guest. The script says the same, see assets/order.js. */
const STATUS_TEXTS = {
  ordered: 'Ordered. The kitchen will start soon.',
  preparing: 'Being prepared.',
  ready: 'Ready! Please come to the counter.',
  served: 'Served. Enjoy!',
} as const;

const euro = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

/** The guests' page: the menu as one form, which works without JavaScript. */
export function orderPage(assets: Assets, { form, message, placed }: OrderPageState): string {
  return layout(assets, {
    title: 'Order',
    name: 'order',
    script: 'order.js',
    ...(placed ? { refreshSeconds: 5 } : {}),
    content: html`
      <section id="placed" class="placed" aria-live="polite" ${placed ? undefined : html`hidden`}>
        <h1>Your order</h1>
        <p class="number" id="placed-number">${placed?.order_number}</p>
        <p id="placed-status">${placed ? statusText(placed) : undefined}</p>
        <p><a id="again" class="button quiet" href="/">Order something else</a></p>
      </section>
      <form id="order-form" method="post" action="/" ${placed ? html`hidden` : undefined}>
        <h1>What would you like?</h1>
        <input type="hidden" name="idempotency_key" value="${form.key}" autocomplete="off" />
        ${CATEGORIES.map((category) => section(category, form))}
        <div class="basket">
          <p id="message" class="message" role="status">${message}</p>
          <label for="customer_name">Your name</label>
          <input
            id="customer_name"
            name="customer_name"
            required
            maxlength="100"
            autocomplete="given-name"
            value="${form.customerName}"
          />
          <button id="order-button" class="button">Order<span id="total"></span></button>
        </div>
      </form>
    `,
  });
}

function section(category: Category, form: OrderForm): Html {
  return html`
    <fieldset>
      <legend>${CATEGORY_NAMES[category]}</legend>
      <ul class="menu">
        ${menu.filter((item) => item.category === category).map((item) => line(item, form.quantities.get(item.id) ?? 0))}
      </ul>
    </fieldset>
  `;
}

function line({ id, name, price, icon }: MenuItem, quantity: number): Html {
  return html`
    <li>
      <label for="quantity-${id}"><span aria-hidden="true">${icon}</span> ${name}</label>
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
        max="99"
        value="${quantity}"
        autocomplete="off"
      />
    </li>
  `;
}

function statusText(placed: NonNullable<OrderPageState['placed']>): string {
  return 'status' in placed
    ? STATUS_TEXTS[placed.status]
    : 'We have your order. Its status cannot be asked just now.';
}
