/** A mark that leads a remark: « b2+ collocations » is B2+ and the words. Pure. */

/**
 * @param {string} text as it is being typed
 * @param {Record<string, string>} labels what each number of thirds is called
 * @returns {{thirds: number|null, rest: string}} `thirds`: null where no mark leads
 */
export function leading(text, labels) {
  const [, word, rest] = /^\s*(\S+)(?:\s+(.*))?$/s.exec(text) ?? [];
  const code = (word ?? '').replace('−', '-').toUpperCase();
  const known = Object.entries(labels).find(([, label]) => label === code);
  return known ? { thirds: Number(known[0]), rest: (rest ?? '').trim() } : { thirds: null, rest: text.trim() };
}
