// What the pages' scripts share: asking again and again, and telling when there was no answer.
import { changes } from './changes.js';
import { pause } from './pause.js';

/** Milliseconds until a question that was not answered is asked again. */
const RETRY = 2000;
/**
 * Milliseconds of silence after which the page says so, and asks once more beside, on another connection: whoever is silent
 * may have lost its power, and then that one leads to somebody else.
 */
const SILENCE = 2500;
/**
 * Milliseconds after which a question is given up; each service behind gives up before. Longer than the silence, because
 * whoever is silent may also be waiting for a database that restarts (docs/decisions/short-absence.md).
 */
export const REQUEST_LIMIT = 15_000;
/** Milliseconds without an answer after which the page says so: longer than a slow answer and a pause together. */
const STALE = 6000;

/** Somebody has trouble that passes, or no time now. */
export const isPassing = (status) => status >= 500 || status === 408 || status === 429;

/**
 * An answer within the limit, of whichever server: one that says "not now" is no reason to wait for another that may have lost
 * its power, for whoever asks here asks again soon. Rejects when there is none. Only for requests that change nothing the
 * second time.
 *
 * @param {string} address
 * @param {RequestInit} [options]
 * @param {() => void} [silent] - is called when the answer takes long
 */
export async function ask(address, options = {}, silent = () => {}) {
  const send = (further) =>
    fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(REQUEST_LIMIT), ...options, ...further });
  /**
   * With HTTP/2 everything is asked on one connection, and a browser that hears nothing there waits some 20 s before it makes
   * another. Without cookies it takes another at once, because it keeps those who may be recognized apart
   * (docs/decisions/retries.md). Who is not let in without one asks again with it.
   */
  const sendApart = async () => {
    const response = await send({ credentials: 'omit', redirect: 'manual' });
    const isShutOut = response.type === 'opaqueredirect' || [401, 403].includes(response.status);
    return isShutOut ? send() : response;
  };
  const first = send();
  const heard = () => true;
  if (await Promise.race([first.then(heard, heard), pause(SILENCE)])) return first;
  silent();
  // Neither is taken back when the other one is answered: it changes nothing, and ends by itself.
  return Promise.any([first, sendApart()]);
}

/** Changes a text only when it is another one: a screen reader reads each change aloud. */
export const say = (place, text) => {
  if (place.textContent !== text) place.textContent = text;
};

/**
 * Asks an address whenever something has changed, and shows what it answers. When nobody answers for a while, `banner`
 * says since when.
 *
 * @param {string} address
 * @param {string} stream - of the changes
 * @param {(data: unknown, moment: { asked: number, skew: number }) => void} show - gets the answer, when it was asked
 *   for, and by how many milliseconds the server's clock is ahead of this device's
 * @param {HTMLElement} banner - when it is visible at the beginning, the page came without data
 */
export function watch(address, stream, show, banner) {
  const news = changes(stream);
  let last = banner.hidden ? Date.now() : undefined;
  /** Whether the last question was answered. */
  let shown = false;

  // By itself, because a question may hang for longer than a board may be silently old.
  const tell = () => {
    if (last !== undefined && shown && news.quiet) last = Date.now();
    if (last === undefined || Date.now() - last < STALE) return;
    const time = new Date(last).toLocaleTimeString();
    say(banner, `No news since ${time}. What you see may be old; this page keeps asking.`);
    banner.hidden = false;
  };
  setInterval(tell, 500);

  const once = async () => {
    const asked = Date.now();
    const response = await ask(address);
    // The session is over; the door has the words for it.
    if (response.status === 401) window.location.assign('/staff');
    if (!response.ok) throw new Error(`${response.status} from ${address}`);
    const data = await response.json();
    // The header has whole seconds; a device without it trusts its own clock.
    const server = Date.parse(response.headers.get('date') ?? '');
    const skew = Number.isNaN(server) || Math.abs(server - Date.now()) < 2000 ? 0 : server - Date.now();
    show(data, { asked, skew });
    last = Date.now();
    banner.hidden = true;
  };
  const forever = async () => {
    for (;;) {
      shown = await once().then(
        () => true,
        () => false,
      );
      await (shown ? news.next() : pause(RETRY));
    }
  };
  void forever();
}

/**
 * An element with attributes and children. Texts never become HTML.
 *
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...(HTMLElement | string)} children
 */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
