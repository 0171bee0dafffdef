/** What the console says to those who do not see it. */
import { find } from '../base/dom.js';

/**
 * Tell a screen reader something once.
 * @param {string} text
 */
export function announce(text) {
  const place = find('#said');
  place.textContent = '';
  requestAnimationFrame(() => {
    place.textContent = text;
  });
}
