// One click is one order: the key is made with the form and kept until the order is acknowledged, and a request that got
// no answer is sent again by itself with the same key. Without this script the form still works.
import { REQUEST_LIMIT } from './live.js';

const STATUS_TEXTS = {
  ordered: 'Ordered. The kitchen will start soon.',
  preparing: 'Being prepared.',
  ready: 'Ready! Please come to the counter.',
  served: 'Served. Enjoy!',
};
const euro = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });
const byId = (id) => document.getElementById(id);

const form = byId('order-form');
const button = byId('order-button');
const total = byId('total');
const message = byId('message');
const placed = byId('placed');
const inputs = [...form.querySelectorAll('input[data-id]')];
const key = form.elements.namedItem('idempotency_key');

/** crypto.randomUUID exists only on https; a café's own network often has http. */
const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const items = () =>
  inputs
    .map((input) => ({
      id: Number(input.dataset.id),
      name: input.dataset.name,
      price: Number(input.dataset.price),
      quantity: Number(input.value),
    }))
    .filter(({ quantity }) => quantity !== 0);
const cents = () => items().reduce((sum, { price, quantity }) => sum + Math.round(price * 100) * quantity, 0);

const showTotal = () => {
  const sum = cents();
  total.textContent = sum > 0 ? ` · ${euro.format(sum / 100)}` : '';
};

for (const input of inputs) {
  const step = (by, label) => {
    const stepper = document.createElement('button');
    stepper.type = 'button';
    stepper.className = 'step';
    stepper.textContent = label;
    stepper.setAttribute('aria-label', `${by > 0 ? 'One more' : 'One less'} ${input.dataset.name}`);
    stepper.addEventListener('click', () => {
      input.value = String(Math.min(99, Math.max(0, Number(input.value) + by)));
      showTotal();
    });
    return stepper;
  };
  input.before(step(-1, '−'));
  input.after(step(1, '+'));
}
form.addEventListener('input', showTotal);

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Sends the order until it is answered for good. @returns the answer's status and body */
const send = async (body) => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch('/api/orders', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key.value },
        body,
        signal: AbortSignal.timeout(REQUEST_LIMIT),
      });
      const answer = await response.json();
      // 409 is "your first click is still on its way".
      const passing = response.status >= 500 || response.status === 409 || response.status === 429;
      if (!passing) return { status: response.status, answer };
    } catch {
      // No answer at all; the same key makes it safe to ask again.
    }
    message.textContent = 'That takes longer than usual. We keep your order and try again…';
    button.firstChild.textContent = 'Trying again…';
    await pause(Math.min(5000, 250 * 2 ** attempt) * (0.5 + Math.random() / 2));
  }
};

let sending = false;
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (sending) return;
  if (items().length === 0) {
    message.textContent = 'Please choose something first.';
    return;
  }
  sending = true;
  button.disabled = true;
  button.firstChild.textContent = 'Ordering…';
  message.textContent = '';
  const { status, answer } = await send(
    JSON.stringify({
      customer_name: form.elements.namedItem('customer_name').value,
      items: items(),
      total_price: cents() / 100,
    }),
  );
  sending = false;
  button.disabled = false;
  button.firstChild.textContent = 'Order';
  if (status === 201) {
    message.textContent = '';
    for (const input of inputs) input.value = '0';
    key.value = newKey();
    showTotal();
    remember(answer.order_number);
    follow(answer.order_number);
  } else {
    message.textContent = answer.detail ?? 'That order cannot be taken. Please ask at the counter.';
  }
});

const STORED = 'cafe-lumiere-order';
const remember = (number) => {
  try {
    localStorage.setItem(STORED, number);
  } catch {
    // A browser that keeps nothing still shows the order until it is closed.
  }
};
const remembered = () => {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
};

let followed = '';
const follow = async (number) => {
  followed = number;
  form.hidden = true;
  placed.hidden = false;
  byId('placed-number').textContent = number;
  while (followed === number) {
    try {
      const response = await fetch(`/api/orders/${encodeURIComponent(number)}`, {
        signal: AbortSignal.timeout(REQUEST_LIMIT),
      });
      if (response.status === 404) {
        forget();
        return;
      }
      if (!response.ok) throw new Error(String(response.status));
      const { status } = await response.json();
      // Written only when it changes: a screen reader reads each change aloud.
      const text = STATUS_TEXTS[status] ?? status;
      if (byId('placed-status').textContent !== text) byId('placed-status').textContent = text;
      if (status === 'served') {
        localStorage.removeItem(STORED);
        return;
      }
    } catch {
      byId('placed-status').textContent =
        'We have your order. Its status cannot be asked just now; we keep trying.';
    }
    await pause(2000);
  }
};

const forget = () => {
  followed = '';
  try {
    localStorage.removeItem(STORED);
  } catch {
    // See remember.
  }
  placed.hidden = true;
  form.hidden = false;
};
byId('again').addEventListener('click', (event) => {
  event.preventDefault();
  forget();
  window.history.replaceState(null, '', '/');
});

const number = byId('placed-number').textContent || remembered();
if (number) void follow(number);
showTotal();
