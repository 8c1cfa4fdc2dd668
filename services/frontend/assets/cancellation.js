// The guest's way out of an order that nobody has begun. Without this script the form does the same.
import { say } from './live.js';
import { sendUntilAnswered } from './send-until-answered.js';

const form = document.getElementById('cancel');
const button = form.querySelector('button');
const message = document.getElementById('cancel-message');

/**
 * Shows the button while it can do something.
 *
 * @param {{ number: string, token?: string }} order
 * @param {string} status
 */
export const offerCancellation = ({ number, token }, status) => {
  form.action = `/orders/${encodeURIComponent(number)}/cancel`;
  form.elements.namedItem('token').value = token ?? '';
  form.hidden = !token || status !== 'ordered';
  if (form.hidden) say(message, '');
};

/** @param {(order: { order_number: string, status: string }) => void} show - gets the order when it is cancelled */
export const whenCancelled = (show) => {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    const path = new window.URL(form.action).pathname;
    const { status, answer } = await sendUntilAnswered(
      `/api${path}`,
      { headers: { 'order-token': form.elements.namedItem('token').value } },
      { waits: () => say(message, 'That takes longer than usual. We keep trying…') },
    );
    button.disabled = false;
    const refused =
      status === 409 ? 'The kitchen has begun with it: it cannot be cancelled any more.' : answer.detail;
    say(message, status === 200 ? '' : refused);
    if (status === 200) show(answer);
  });
};
