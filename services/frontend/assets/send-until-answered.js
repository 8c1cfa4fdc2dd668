// One press is enough: what got no answer is sent again by itself. Only for requests that change nothing the second time.
import { ask, isPassing } from './live.js';
import { pause } from './pause.js';

const FIRST_PAUSE = 500;
/**
 * Milliseconds of the longest pause between two attempts. Whoever stands there waiting should have an answer soon after
 * the services are back, and longer pauses would spare these nothing: some hundred people are some hundred requests a
 * second at most, and order-service stores more than a thousand orders in that time (docs/benchmarks.md).
 */
const LONGEST_PAUSE = 2000;

/** Half of it is left to chance: a room full of guests whose requests failed together must not come back together. */
const pauseAfter = (attempt) =>
  Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

/**
 * Posts something until it is answered for good.
 *
 * @param {string} address
 * @param {RequestInit} options
 * @param {object} course
 * @param {(status?: number) => void} course.waits - is called each time that an answer takes long, or that there was none;
 *   with its status when it was none yet
 * @param {(status: number) => boolean} [course.isPassing] - which answers are none yet
 * @param {() => boolean} [course.isWanted] - whether somebody still needs the answer
 * @returns the answer's status and body; nothing when nobody needs it any more
 */
export async function sendUntilAnswered(address, options, course) {
  const { waits, isPassing: passes = isPassing, isWanted = () => true } = course;
  for (let attempt = 1; isWanted(); attempt += 1) {
    let passing;
    try {
      const response = await ask(address, { ...options, method: 'POST' }, () => waits());
      const answer = await response.json();
      if (!passes(response.status)) return { status: response.status, answer };
      passing = response.status;
    } catch {
      // No answer at all, or one that does not come from the café.
    }
    waits(passing);
    await pause(pauseAfter(attempt));
  }
  return undefined;
}
