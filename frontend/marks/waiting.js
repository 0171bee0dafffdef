/** On the evaluator's home: which interviews still have something that only this computer keeps. */
import { interviewsKept } from './store.js';

/** @param {HTMLElement} place as `templates/evaluator/home.html` makes it */
export async function tellWhatWaits(place) {
  const { user, address = '', name = '' } = place.dataset;
  const numbers = await interviewsKept(Number(user)).catch(() => []);
  place.hidden = numbers.length === 0;
  const links = numbers.map((number) => {
    const link = document.createElement('a');
    link.href = address.replace('0', String(number));
    // The person's name, where the page has it.
    const known = document.querySelector(`#agenda th a[href="${link.getAttribute('href')}"]`);
    link.textContent = known?.textContent ?? name.replace('0', String(number));
    return link;
  });
  place.querySelector('[data-links]')?.replaceChildren(...links.flatMap((link, at) => (at ? [', ', link] : [link])));
}
