// One click is one order: the key is made with the form and kept until the order is acknowledged, and a request that got
// no answer is sent again by itself with the same key. Without this script the form still works.
import { kept } from './kept.js';
import { isPassing, say } from './live.js';
import { showLast, showPlaced } from './placed-order.js';
import { sendUntilAnswered } from './send-until-answered.js';

const euro = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });
const byId = (id) => document.getElementById(id);

const form = byId('order-form');
const button = byId('order-button');
const buttonText = byId('order-button-text');
const total = byId('total');
const message = byId('message');
const inputs = [...form.querySelectorAll('input[data-id]')];
const key = form.elements.namedItem('idempotency_key');
const customer = form.elements.namedItem('customer_name');

/** The order on its way: a reload sends the same one again instead of losing it. */
const onItsWay = kept('sessionStorage', 'cafe-lumiere-on-its-way');

/** crypto.randomUUID exists only on https; a café's own network often has http. */
const newKey = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');

const items = () =>
  inputs
    .map(({ dataset, value }) => ({
      id: Number(dataset.id),
      name: dataset.name,
      price: Number(dataset.price),
      quantity: Number(value),
    }))
    .filter(({ quantity }) => quantity > 0);
const cents = () => items().reduce((sum, { price, quantity }) => sum + Math.round(price * 100) * quantity, 0);

const showTotal = () => {
  const sum = cents();
  say(total, sum > 0 ? ` · ${euro.format(sum / 100)}` : '');
  for (const input of inputs) input.closest('li').classList.toggle('chosen', Number(input.value) > 0);
};

for (const input of inputs) {
  const stepper = (by, sign, words) => {
    const made = document.createElement('button');
    made.type = 'button';
    made.className = 'step';
    made.textContent = sign;
    made.setAttribute('aria-label', `${words} ${input.dataset.name}`);
    made.addEventListener('click', () => {
      input.value = String(Math.min(Number(input.max), Math.max(0, Number(input.value) + by)));
      showTotal();
    });
    return made;
  };
  input.before(stepper(-1, '−', 'One less'));
  input.after(stepper(1, '+', 'One more'));
}
form.addEventListener('input', showTotal);

/** What was sent is what counts; nobody should change it meanwhile and wonder. */
const lock = (locked) => {
  for (const fieldset of form.querySelectorAll('fieldset')) fieldset.disabled = locked;
  customer.readOnly = locked;
  button.disabled = locked;
  say(buttonText, locked ? 'Ordering…' : 'Order');
};

/** Sends the order until it is answered for good; the same key makes that safe. @returns the answer's status and body */
const send = (body) =>
  sendUntilAnswered(
    '/api/orders',
    { headers: { 'content-type': 'application/json', 'idempotency-key': key.value }, body },
    {
      // 409: the first click is still on its way.
      isPassing: (status) => isPassing(status) || status === 409,
      waits(status) {
        const busy = 'Many orders are coming in just now. We keep yours, and it goes out in a moment…';
        const slow = 'That takes longer than usual. We keep your order and try again…';
        say(message, status === 429 ? busy : slow);
        say(buttonText, 'Trying again…');
      },
    },
  );

const order = async (body) => {
  lock(true);
  say(message, '');
  onItsWay.set({ key: key.value, body });
  const { status, answer } = await send(body);
  onItsWay.forget();
  lock(false);
  if (status === 201) {
    say(message, '');
    key.value = newKey();
    for (const input of inputs) input.value = '0';
    showTotal();
    showPlaced(answer);
    return;
  }
  if (status === 422 && answer.errors === undefined) {
    // The key was used for another order: somebody went back to a form that had been sent.
    key.value = newKey();
    say(message, form.dataset.keyUsed);
  } else {
    say(message, answer.detail ?? 'That order cannot be taken. Please ask at the counter.');
  }
  // It lost the focus while it was disabled.
  button.focus();
};

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (button.disabled) return;
  if (items().length === 0) {
    say(message, 'Please choose something first.');
    return;
  }
  void order(JSON.stringify({ customer_name: customer.value, items: items(), total_price: cents() / 100 }));
});

const unfinished = onItsWay.get();
if (unfinished) {
  key.value = unfinished.key;
  const { customer_name: name, items: chosen } = JSON.parse(unfinished.body);
  customer.value = name;
  for (const { id, quantity } of chosen) byId(`quantity-${id}`).value = String(quantity);
  void order(unfinished.body);
} else {
  showLast();
}
showTotal();
