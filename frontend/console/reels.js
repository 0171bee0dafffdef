/** At marking: a button on each criterion that plays what was heard around its remarks. */
import { find } from '../base/dom.js';
import { say } from '../base/words.js';

/** @typedef {import('./sheet.js').Sheet} Sheet */

/**
 * @param {import('./grid.js').Criterion[]} criteria
 * @param {() => Sheet|null} sheet
 * @param {{duration: number|null, reel: (seconds: number[]) => void}} review the recording
 * @returns {() => void} draws them
 */
export function makeReels(criteria, sheet, review) {
  const rows = criteria.map(({ key, name }) => {
    const button = find(`[data-reel="${key}"]`, HTMLButtonElement);
    button.setAttribute('aria-label', say('reel', { criterion: name }));
    button.title = say('reel', { criterion: name });
    button.addEventListener('click', () => review.reel(seconds(key)));
    return { key, button };
  });

  /** @param {string} criterion @returns {number[]} */
  const seconds = (criterion) => (sheet()?.notes ?? []).flatMap((note) => (note.criterion === criterion && note.second !== null ? [note.second] : []));

  return function draw() {
    for (const { key, button } of rows) button.hidden = review.duration === null || seconds(key).length === 0;
  };
}
