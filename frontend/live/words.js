/** What the server put into the page for its script: data, and sentences in the page's language. */

/** @type {Record<string, any>} */
export const page = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');

/**
 * Say a sentence of the page, with its %(name)s places filled.
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  const text = page.words?.[key] ?? '';
  return text.replace(/%\((\w+)\)[sd]/g, (/** @type {string} */ _, /** @type {string} */ name) =>
    String(values[name] ?? ''),
  );
}

/**
 * The one element of a page that a script needs.
 * @template {HTMLElement} T
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function find(selector, within = document) {
  const element = within.querySelector(selector);
  if (!element) throw new Error(`nothing matches ${selector}`);
  return /** @type {T} */ (element);
}

/**
 * Write words only when they change, so that a screen reader hears each once.
 * @param {Element} element
 * @param {string} words
 */
export function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
