/** What this browser remembers from page to page; refused storage: for this page. */

/** @param {string} key @returns {{on: boolean}} */
export function remembered(key) {
  let on = recalled(key) === 'true';
  return {
    get on() {
      return on;
    },
    set on(now) {
      on = now;
      remember(key, String(now));
    },
  };
}

/** @param {string} key @returns {string|null} */
export function recalled(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // It holds for this page.
  }
}

/** @param {string} key */
export function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
