// The screen on the wall: follows the orders and shows their numbers.
import { element, watch } from './live.js';

let before = '';
watch(
  '/api/display/orders',
  '/api/display/events',
  (orders) => {
    // Nothing is touched while nothing changes, so that the screen does not flicker and nothing is read out twice.
    const now = JSON.stringify(orders.map(({ order_number: number, status }) => [number, status]));
    if (now === before) return;
    before = now;
    for (const status of ['preparing', 'ready']) {
      const numbers = orders.filter((order) => order.status === status);
      document
        .getElementById(status)
        .replaceChildren(...numbers.map(({ order_number: number }) => element('li', {}, number)));
    }
  },
  document.getElementById('stale'),
);
