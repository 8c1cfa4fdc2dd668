// The cooks' board: asks every two seconds, and sends a step when a button is pressed.
import { element, REQUEST_LIMIT, watch } from './live.js';

const STEPS = { ordered: ['start', 'Start'], preparing: ['ready', 'Ready'], ready: ['serve', 'Serve'] };
const message = document.getElementById('message');

const age = (created) => {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(created)) / 60_000));
  return minutes === 0 ? 'just now' : `${minutes} min`;
};

const card = (order) => {
  const [path, text] = STEPS[order.status];
  const button = element(
    'button',
    { class: 'button' },
    text,
    element('span', { class: 'hidden' }, ` ${order.order_number}`),
  );
  const form = element(
    'form',
    { method: 'post', action: `/kitchen/orders/${order.order_number}/${path}` },
    button,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void step(order, path, button);
  });
  return element(
    'li',
    { class: 'card', 'data-number': order.order_number },
    element('p', { class: 'number' }, order.order_number),
    element(
      'p',
      {},
      `${order.customer_name} · `,
      element('time', { datetime: order.created_at }, age(order.created_at)),
    ),
    element('ul', {}, ...order.items.map(({ name, quantity }) => element('li', {}, `${quantity} × ${name}`))),
    form,
  );
};

const step = async (order, path, button) => {
  button.disabled = true;
  message.textContent = '';
  try {
    const response = await fetch(`/api/kitchen/orders/${order.order_number}/${path}`, {
      method: 'POST',
      signal: AbortSignal.timeout(REQUEST_LIMIT),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.detail ?? answer.title);
    shown.set(order.order_number, answer);
    render();
  } catch (error) {
    message.textContent = `${order.order_number}: ${error.name === 'Error' ? error.message : 'That did not get through; press again.'}`;
    button.disabled = false;
  }
};

/** Orders by number, the oldest first. */
let shown = new Map();
const render = () => {
  const focused = document.activeElement?.closest('[data-number]')?.dataset.number;
  for (const status of Object.keys(STEPS)) {
    const orders = [...shown.values()].filter((order) => order.status === status);
    document.getElementById(status).replaceChildren(...orders.map(card));
  }
  if (focused) document.querySelector(`[data-number="${focused}"] button`)?.focus();
};

watch(
  '/api/kitchen/orders',
  (orders) => {
    shown = new Map(orders.map((order) => [order.order_number, order]));
    render();
  },
  document.getElementById('stale'),
);
