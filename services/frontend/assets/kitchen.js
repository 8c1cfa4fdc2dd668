// The cooks' board: follows the orders, and sends a step when a button is pressed.
import { announce } from './announcement.js';
import { element, say, watch } from './live.js';
import { endStepsDone, isUnderWay, takeStep } from './steps.js';

/**
 * Milliseconds for which the board stands still after a step, so that the second tap of an impatient finger does not
 * meet the next order's button, which has moved under it.
 */
const STAND_STILL = 400;

const columns = document.getElementById('columns');
const message = document.getElementById('message');
const lists = [...columns.querySelectorAll('ul[data-step]')];

/** Orders by number, the oldest first. */
let orders = new Map();
/** Cards by order number: an order's card stays the same element as long as its step does. */
const cards = new Map();
for (const list of lists) {
  for (const card of list.children) cards.set(card.dataset.number, { card, status: list.id });
}
let skew = 0;
let changed = 0;
let stillUntil = 0;
/** Whether the orders were read once. */
let known = false;
/** The order whose button had the focus when it was pressed last; a disabled button loses it. */
let pressed;

const age = (created) => {
  const minutes = Math.floor((Date.now() + skew - Date.parse(created)) / 60_000);
  return minutes < 1 ? 'just now' : `${minutes} min ago`;
};

const makeForm = (number, step, words, attributes) =>
  element(
    'form',
    {
      ...attributes,
      method: 'post',
      autocomplete: 'off',
      action: `/kitchen/orders/${encodeURIComponent(number)}/${step}`,
    },
    element(
      'button',
      { class: step === 'cancel' ? 'button quiet' : 'button' },
      words,
      element('span', { class: 'hidden' }, ` ${number}`),
    ),
  );

const makeCard = (order, { dataset }) => {
  const { order_number: number } = order;
  return element(
    'li',
    { class: 'card', 'data-number': number, tabindex: '-1' },
    element('p', { class: 'number' }, number),
    element('p', { class: 'guest' }, order.customer_name),
    element('p', { class: 'age' }, element('time', { datetime: order.created_at })),
    element('ul', {}, ...order.items.map(({ name, quantity }) => element('li', {}, `${quantity} × ${name}`))),
    makeForm(number, dataset.step, dataset.button, {}),
    ...(order.status === 'ordered' ? [makeForm(number, 'cancel', 'Cancel', { class: 'cancel' })] : []),
  );
};

/** The card of an order in a list. What is there already is not made anew: a finger may be on its button. */
const cardFor = (order, list) => {
  const known = cards.get(order.order_number);
  if (known?.status === order.status) return known.card;
  const card = makeCard(order, list);
  cards.set(order.order_number, { card, status: order.status });
  return card;
};

const render = () => {
  // After the very first step there may be nothing to show but its order; what the page came with stays until then.
  if (!known) return;
  const wait = stillUntil - Date.now();
  if (wait > 0) {
    setTimeout(render, wait);
    return;
  }
  for (const list of lists) {
    const wanted = [...orders.values()]
      .filter(({ status }) => status === list.id)
      .map((order) => cardFor(order, list));
    for (const card of [...list.children]) if (!wanted.includes(card)) card.remove();
    for (const [index, card] of wanted.entries()) {
      if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null);
    }
  }
  for (const number of cards.keys()) if (!orders.has(number)) cards.delete(number);
  for (const time of columns.querySelectorAll('time')) say(time, age(time.dateTime));
  // The card and not its new button: a second press of the same key must not be the next step.
  if (pressed === undefined || isUnderWay(pressed)) return;
  if (document.activeElement === document.body) cards.get(pressed)?.card.focus();
  pressed = undefined;
};

/** Shows at once what a step has led to. */
const move = (order) => {
  orders.set(order.order_number, order);
  changed = Date.now();
  stillUntil = changed + STAND_STILL;
  render();
};

const step = async (form) => {
  const { number } = form.closest('[data-number]').dataset;
  if (isUnderWay(number)) return;
  // Final, and its button is beside another one.
  if (form.classList.contains('cancel') && !window.confirm(`Cancel the order ${number}?`)) return;
  const button = form.querySelector('button');
  if (button === document.activeElement) pressed = number;
  say(message, '');
  const { status, answer } = (await takeStep(number, form)) ?? {};
  if (status === 200) {
    move(answer);
  } else if (status === 409 && answer.current_status) {
    // Another cook was faster, and the order is further on already. Both wanted the same, so there is nothing to say.
    if (orders.has(number)) move({ ...orders.get(number), status: answer.current_status });
  } else if (status !== undefined) {
    say(message, answer.detail ?? `${number}: ${answer.title}`);
    button.disabled = false;
    if (pressed !== number) return;
    pressed = undefined;
    if (document.activeElement === document.body) button.focus();
  }
};

columns.addEventListener('submit', (event) => {
  event.preventDefault();
  void step(event.target);
});

watch(
  '/api/kitchen/orders',
  '/api/kitchen/events',
  (news, moment) => {
    skew = moment.skew;
    // Asked before our own last step, it may show what was before that step.
    if (moment.asked <= changed) return;
    const fresh = news.filter(
      ({ order_number: number, status }) => status === 'ordered' && !orders.has(number),
    );
    const first = !known;
    known = true;
    orders = new Map(news.map((order) => [order.order_number, order]));
    endStepsDone(orders);
    render();
    // Those that were there when the page was opened are not news.
    if (first) return;
    for (const { order_number: number } of fresh) cards.get(number)?.card.classList.add('new');
    if (fresh.length > 0) announce();
  },
  document.getElementById('stale'),
);
