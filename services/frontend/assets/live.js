// What the pages' scripts share: asking again and again, and telling when there was no answer.

/** Milliseconds between two questions. */
const INTERVAL = 2000;
/** One question is given up after this; each service behind gives up before. */
export const REQUEST_LIMIT = 3000;
/** After this long without an answer the page says so. */
const STALE = 6000;

/**
 * Asks an address every two seconds and shows what it answers. When it does not for a while, `banner` says since when.
 *
 * @param {string} address
 * @param {(data: unknown) => void} show
 * @param {HTMLElement} banner
 */
export function watch(address, show, banner) {
  let last = Date.now();
  const ask = async () => {
    try {
      const response = await fetch(address, {
        signal: AbortSignal.timeout(REQUEST_LIMIT),
        cache: 'no-store',
      });
      if (!response.ok) throw new Error(String(response.status));
      show(await response.json());
      last = Date.now();
      banner.hidden = true;
    } catch {
      if (Date.now() - last >= STALE) {
        const time = new Date(last).toLocaleTimeString();
        banner.textContent = `No news since ${time}. What you see may be old; this page keeps asking.`;
        banner.hidden = false;
      }
    }
    setTimeout(ask, INTERVAL);
  };
  void ask();
}

/**
 * An element with a text or with children. Texts never become HTML.
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
