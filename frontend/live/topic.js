/**
 * Keep parts of a page fresh: when the server tells that a topic changed, the page is asked for
 * again and its `[data-live]` parts are put in the place of the old ones, one for one by their id.
 */
import { freshPage } from '../base/http.js';
import { watch } from './socket.js';

const REST_MS = 2000;

/**
 * @param {string} topic
 * @param {() => void} [renewed] after the parts were put in place
 */
export function keepFresh(topic, renewed = () => {}) {
  let due = false;
  let busy = false;
  const changed = () => {
    due = true;
    renew();
  };
  watch(topic, { changed });

  async function renew() {
    if (busy || !due) return;
    busy = true;
    due = false;
    // Without one the socket comes back by itself, and the next change with it.
    const fresh = await freshPage();
    if (fresh) {
      for (const old of document.querySelectorAll('[data-live]')) {
        const other = fresh.getElementById(old.id);
        // Whoever has the focus inside keeps what they hold; the next change comes anyway.
        if (other && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(other));
      }
      renewed();
    }
    setTimeout(() => {
      busy = false;
      renew();
    }, REST_MS);
  }
}
