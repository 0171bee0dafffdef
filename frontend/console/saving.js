/** Near the grid, in words: what is saved, what is only on this computer, what came too late. */
import { find, make, write } from '../base/dom.js';
import { say } from '../base/words.js';

/** @typedef {import('./sheet.js').Sheet} Sheet */
/** @typedef {import('./grid.js').Criterion} Criterion */
/** @typedef {import('./grid.js').Scale} Scale */

/**
 * @param {Criterion[]} criteria
 * @param {Scale} scale
 * @param {() => Sheet|null} sheet
 * @returns {() => void} draws it
 */
export function makeSaving(criteria, scale, sheet) {
  find('#late-forget', HTMLButtonElement).addEventListener('click', () => sheet()?.forget());
  find('#late-recover', HTMLButtonElement).addEventListener('click', () => sheet()?.recover());

  /** @param {Sheet} known */
  function words(known) {
    const num = known.waiting;
    const state = known.saving;
    const done = state === 'saved' || state === 'bare';
    if (!done) return say(['unreadable', 'keeping', 'sending'].includes(state) ? `saving_${state}` : `saving_${state}_${num > 1 ? 'many' : 'one'}`, { num });
    if (known.locked) return '';
    const open = criteria.filter(({ key }) => known.lacks(key).includes('choice'));
    return open.length > 0 ? say('saving_choose', { criteria: open.map(({ name }) => name).join(', ') }) : say(`saving_${state}`);
  }

  /** @param {import('../marks/store.js').Kept} change @returns {string} what it wrote, in words */
  function written({ kind, value }) {
    switch (kind) {
      case 'level':
        if (value.not_assessable) return [say('not_assessable'), value.reason].filter(Boolean).join(', ');
        return scale.labels[value.thirds ?? -1] ?? say('late_cleared');
      case 'nothing':
        return say(value.nothing_to_add ? 'nothing_yes' : 'nothing_no');
      case 'note':
        return say('late_note', { text: value.text });
      case 'removal':
        return say('late_removal');
    }
  }

  /**
   * @param {import('../marks/store.js').Kept} change that came too late
   * @param {boolean} locked where all of it was refused for the same reason
   */
  function row(change, locked) {
    const key = change.kind === 'note' ? change.value.criterion : change.place;
    const name = criteria.find((criterion) => criterion.key === key)?.name ?? '';
    const what = written(change);
    const line = name ? say('late_of', { criterion: name, what }) : what;
    return make('li', {}, change.refused && !locked ? `${line}. ${change.refused}` : line);
  }

  return function draw() {
    const known = sheet();
    if (!known) return;
    write(find('#saved'), words(known));
    find('#saved').dataset.saving = ['saved', 'bare'].includes(known.saving) && criteria.some(({ key }) => known.lacks(key).includes('choice')) ? 'choose' : known.saving;
    const last = new Map(known.late.map((change) => [`${change.kind}:${change.place}`, change]));
    find('#late').hidden = last.size === 0;
    if (last.size === 0) return;
    write(find('#late-why'), say(known.locked ? 'late_locked' : 'late_open'));
    find('#late-recover', HTMLButtonElement).hidden = known.locked;
    find('#late-list').replaceChildren(...[...last.values()].map((change) => row(change, known.locked)));
  };
}
