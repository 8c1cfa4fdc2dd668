// The cooks' steps under way. The same step twice changes nothing, so each goes on by itself until it is answered, or
// until the board shows that it was done. A reload forgets them: the new board shows what was done, and can be pressed.
import { say } from './live.js';
import { sendUntilAnswered } from './send-until-answered.js';

const line = document.getElementById('kept-steps');
/** By the order's number: the status that the step leads out of, and whether it has got no answer yet. */
const underWay = new Map();

/** One line for all of them. Several may wait at the same time, so it names their orders. */
const tell = () => {
  const numbers = [...underWay].filter(([, { waits }]) => waits).map(([number]) => number);
  const steps = numbers.length > 1 ? 'these steps' : 'this step';
  const text = `${numbers.join(', ')}: that takes longer than usual. We keep ${steps} and try again…`;
  say(line, numbers.length > 0 ? text : '');
};

export const isUnderWay = (number) => underWay.has(number);

/**
 * Sends a card's step. Its button is locked; it stays so, unless the caller unlocks it.
 *
 * @param {string} number - of an order with no step under way
 * @param {HTMLFormElement} form - the card's
 * @returns the answer's status and body; nothing when the board has shown before that the step was done
 */
export const takeStep = async (number, form) => {
  const button = form.querySelector('button');
  const [words] = button.childNodes;
  const said = words.textContent;
  const step = { status: form.closest('[data-step]').id, waits: false };
  const isWanted = () => underWay.get(number) === step;
  underWay.set(number, step);
  button.disabled = true;
  const answer = await sendUntilAnswered(
    `/api${form.getAttribute('action')}`,
    {},
    {
      isWanted,
      waits() {
        if (!isWanted()) return;
        step.waits = true;
        say(words, 'Trying again…');
        tell();
      },
    },
  );
  if (!isWanted()) return undefined;
  underWay.delete(number);
  say(words, said);
  tell();
  return answer;
};

/**
 * Ends the steps that were done: by another cook, or by ours whose answer was lost.
 *
 * @param {Map<string, { status: string }>} orders - what the board shows; what it does not show is served
 */
export const endStepsDone = (orders) => {
  for (const [number, { status }] of underWay) {
    if (orders.get(number)?.status !== status) underWay.delete(number);
  }
  tell();
};
