// The order that was placed: its number, and its status as it changes. The number is kept on the device, and the token that
// opens the order for its guest.
import { changes } from './changes.js';
import { offerCancellation, whenCancelled } from './cancellation.js';
import { kept } from './kept.js';
import { ask, say } from './live.js';

const byId = (id) => document.getElementById(id);
const number = byId('placed-number');
const status = byId('placed-status');
const form = byId('order-form');
const placed = byId('placed');
const items = byId('placed-items');
const lastOrder = kept('localStorage', 'cafe-lumiere-order');

/** The order that this device remembers: before there were tokens it was the number alone. */
const remembered = () => {
  const last = lastOrder.get();
  return typeof last === 'string' ? { number: last } : last;
};

const address = ({ number: orderNumber, token }) =>
  `/?order=${encodeURIComponent(orderNumber)}${token ? `&token=${encodeURIComponent(token)}` : ''}`;
const showInAddressBar = (path) => window.history.replaceState(null, '', path);

/** The order that is shown; another one, or none, ends the asking for it. */
let followed = null;

const showForm = () => {
  followed = null;
  placed.hidden = true;
  form.hidden = false;
  showInAddressBar('/');
  const last = remembered();
  byId('last').hidden = last === null;
  if (last === null) return;
  say(byId('last-link'), last.number);
  byId('last-link').href = address(last);
};

const show = (order, now) => {
  say(status, status.dataset[now] ?? now);
  offerCancellation(order, now);
};

/** Asks once. @returns whether to ask again */
const update = async (order) => {
  const { number: orderNumber } = order;
  const response = await ask(`/api/orders/${encodeURIComponent(orderNumber)}`);
  if (response.status === 404) {
    lastOrder.forget();
    if (followed === orderNumber) showForm();
    return false;
  }
  if (!response.ok) throw new Error(`${response.status} for ${orderNumber}`);
  const { status: now } = await response.json();
  if (followed !== orderNumber) return false;
  show(order, now);
  if (now !== 'served' && now !== 'cancelled') return true;
  lastOrder.forget();
  return false;
};

/** Shows an order and follows it to its end. */
const follow = async (order) => {
  const { number: orderNumber } = order;
  followed = orderNumber;
  say(number, orderNumber);
  form.hidden = true;
  placed.hidden = false;
  const news = changes(`/api/orders/${encodeURIComponent(orderNumber)}/events`);
  for (;;) {
    const again = await update(order).catch(() => {
      if (followed === orderNumber) say(status, status.dataset.unknown);
      return true;
    });
    if (!again || followed !== orderNumber) break;
    await news.next();
  }
  news.close();
};

/** Shows an order that has just been placed. */
export const showPlaced = (order) => {
  const mine = { number: order.order_number, token: order.token };
  lastOrder.set(mine);
  showInAddressBar(address(mine));
  say(items, order.items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', '));
  show(mine, order.status);
  void follow(mine);
  byId('placed-title').focus();
};

/** Shows the order of the address bar, or the one that this device remembers, if any. */
export const showLast = () => {
  const last = remembered();
  const shown = number.textContent;
  const order = shown && shown !== last?.number ? { number: shown, token: number.dataset.token } : last;
  if (!order) return;
  lastOrder.set(order);
  void follow(order);
};

byId('again').addEventListener('click', (event) => {
  event.preventDefault();
  showForm();
  form.querySelector('h1').focus();
});

whenCancelled(({ order_number: orderNumber, status: now }) => {
  if (followed === orderNumber) show({ number: orderNumber }, now);
});
