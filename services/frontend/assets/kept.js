// What this device keeps. A browser that keeps nothing (private windows, settings) loses only what a reload would need.

/** One value under a name, in `localStorage` or, until the tab is closed, in `sessionStorage`. */
export const kept = (storage, name) => ({
  get() {
    try {
      return JSON.parse(window[storage].getItem(name));
    } catch {
      return null;
    }
  },
  set(value) {
    try {
      window[storage].setItem(name, JSON.stringify(value));
    } catch {
      // See above.
    }
  },
  forget() {
    try {
      window[storage].removeItem(name);
    } catch {
      // See above.
    }
  },
});
