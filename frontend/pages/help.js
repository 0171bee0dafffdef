/** The help page: typing keeps the questions that hold the words, accents or not. */
import { write } from '../base/dom.js';

const search = document.querySelector('[data-search]');
const none = document.querySelector('[data-none]');

/** @param {string} words */
const plain = (words) => words.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase();

search?.addEventListener('input', () => {
  const asked = plain(search instanceof HTMLInputElement ? search.value : '').split(/\s+/).filter(Boolean);
  let left = 0;
  for (const group of document.querySelectorAll('[data-group]')) {
    let here = 0;
    for (const entry of group.querySelectorAll('[data-entry]')) {
      const text = plain(entry.textContent ?? '');
      const fits = asked.every((word) => text.includes(word));
      if (entry instanceof HTMLElement) entry.hidden = !fits;
      here += Number(fits);
    }
    if (group instanceof HTMLElement) group.hidden = here === 0;
    left += here;
  }
  if (none) write(none, left ? '' : (none.getAttribute('data-words') ?? ''));
});
