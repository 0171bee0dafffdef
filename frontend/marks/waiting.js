/** On the evaluator's home: which interviews still have something that only this computer keeps. */
import { oralsKept } from './store.js';

/** @param {HTMLElement} place as `templates/evaluator/home.html` makes it */
export async function tellWhatWaits(place) {
  const { user, address = '', rating = '', name = '' } = place.dataset;
  const orals = await oralsKept(Number(user)).catch(() => []);
  place.hidden = orals.length === 0;
  const links = orals.map((oral) => {
    const number = oral.replace('rating-', '');
    const link = document.createElement('a');
    link.href = (oral === number ? address : rating).replace('0', number);
    // The person's name, where the page has it.
    const known = document.querySelector(`#agenda th a[href="${link.getAttribute('href')}"]`);
    link.textContent = known?.textContent ?? name.replace('0', number);
    return link;
  });
  place.querySelector('[data-links]')?.replaceChildren(...links.flatMap((link, at) => (at ? [', ', link] : [link])));
}
