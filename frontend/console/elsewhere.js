/** The grid on a second screen: another window, or a tablet by a code that opens it once. */
import { find, write } from '../base/dom.js';
import { ask, RequestError } from '../base/http.js';
import { say } from '../base/words.js';

/**
 * @param {import('./oral.js').Oral} oral
 * @param {string} base
 * @returns {() => void} draws whether it is open there
 */
export function makeElsewhere(oral, base) {
  const dialog = find('#elsewhere', HTMLDialogElement);
  const image = find('#elsewhere-code', HTMLImageElement);
  const words = find('#elsewhere-words');

  find('#elsewhere-window', HTMLButtonElement).addEventListener('click', () => {
    // Cut off from this page: what is being written here is not copied there.
    window.open(`${base}beside`, '_blank', 'popup,noopener,width=900,height=900');
    dialog.close();
  });
  find('#elsewhere-show', HTMLButtonElement).addEventListener('click', async () => {
    try {
      /** @type {import('../types/posted').OralAct} */
      const json = { device: oral.device };
      /** @type {import('../types/shown').BesideLink} */
      const link = await ask(`${base}beside/link`, { method: 'POST', json });
      image.src = link.image;
      image.hidden = false;
      image.dataset.address = link.address;
      write(words, say('elsewhere_once', { num: link.minutes }));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      write(words, error.message || say('unreachable'));
    }
  });
  // A code is for now: one that stood there unseen may be used up or over.
  dialog.addEventListener('close', () => {
    image.hidden = true;
    image.removeAttribute('src');
    write(words, '');
  });

  return () => {
    find('#elsewhere-open').hidden = !oral.state.beside;
    if (oral.state.beside && !image.hidden) dialog.close();
  };
}
