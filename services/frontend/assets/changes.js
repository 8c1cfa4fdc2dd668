// When to ask again: at once when the server says that something has changed, and from time to time in any case.
import { pause } from './pause.js';

/** Milliseconds between two questions while no stream says whether there is news. */
const WITHOUT_STREAM = 2000;
/** With a stream, in case that it misses something after all. */
const WITH_STREAM = 15_000;
/** Milliseconds between two questions at least: ten changes in a second are one new look. */
const AT_LEAST = 150;
/** The server pings every two seconds, while it knows whether there is news. */
const SILENCE = 5000;
const REOPEN = 2000;

/**
 * A stream of changes. Only that there is one is taken from it; what is shown is asked for, so that a page never has to
 * put together what it may have missed.
 *
 * @param {string} address - of server-sent events
 */
export const changes = (address) => {
  let source;
  let heard = 0;
  let opened = 0;
  let news = false;
  let wake = () => {};

  const open = () => {
    opened = Date.now();
    source = new EventSource(address);
    source.addEventListener('ping', () => (heard = Date.now()));
    for (const type of ['resync', 'order']) {
      source.addEventListener(type, () => {
        heard = Date.now();
        news = true;
        wake();
      });
    }
  };
  const alive = () => Date.now() - heard < SILENCE;
  open();
  const care = setInterval(() => {
    // A browser returns by itself, unless it was refused or does not notice that nobody is there any more.
    if (alive() || Date.now() - opened < SILENCE + REOPEN) return;
    source.close();
    open();
  }, 500);

  return {
    /** Whether somebody has just said that nothing is new since the last {@link next}. */
    get quiet() {
      return alive() && !news;
    },
    /** Resolves when it is time to ask. */
    async next() {
      const asked = Date.now();
      await pause(AT_LEAST);
      while (!news && Date.now() - asked < (alive() ? WITH_STREAM : WITHOUT_STREAM)) {
        await Promise.race([pause(500), new Promise((done) => (wake = done))]);
      }
      news = false;
    },
    close() {
      clearInterval(care);
      source.close();
    },
  };
};
