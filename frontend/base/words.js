/** What the server put into the page for its script: data, and sentences in the page's language. */

/** @type {{words?: Record<string, string>}} */
const data = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}');

/**
 * The page's data; whoever asks says which of `types/shown.d.ts` it is.
 * @template {{words: Record<string, string>}} T
 * @returns {T}
 */
export const pageData = () => /** @type {T} */ (data);

/**
 * Say a sentence of the page, with its %(name)s places filled. A lacking one is reported as a fault
 * and shows nothing: it must not stop an oral.
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 * @returns {string}
 */
export function say(key, values = {}) {
  const text = data.words?.[key];
  if (text === undefined) reportError(new Error(`no words for ${key}`));
  return (text ?? '').replace(/%\((\w+)\)[sd]/g, (_, name) => String(values[name] ?? ''));
}
