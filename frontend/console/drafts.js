/** What is being written and was not sent yet: it outlives a reload of this tab, and nothing else. */

/**
 * @typedef {object} Draft
 * @property {() => any} read what was kept; null: nothing
 * @property {(value: any) => void} write null: forget it
 */

/**
 * @param {{user: number, interview: number|string}} page whose, and of what: nobody else's is ever read
 * @returns {(what: string) => Draft}
 */
export const draftsOf = ({ user, interview }) => (what) => {
  const key = `viva.draft.${user}.${interview}.${what}`;
  return {
    read() {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? 'null');
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        if (value === null) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(value));
      } catch {
        // It lives as long as the page.
      }
    },
  };
};

/**
 * Keep the words of a field as they are typed, and put back those from before a reload.
 * @param {HTMLInputElement|HTMLTextAreaElement} field
 * @param {Draft} draft
 * @returns {(words: string) => void} puts other words into the field
 */
export function keepWords(field, draft) {
  field.value = draft.read() ?? '';
  const keep = () => draft.write(field.value || null);
  field.addEventListener('input', keep);
  return (words) => {
    field.value = words;
    keep();
  };
}
