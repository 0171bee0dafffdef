/** Near the grid, in words: what is saved, what is only on this computer, what came too late. */
import { button, el, make, say } from './page.js';
import { t } from './words.js';

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
  button('late-forget').addEventListener('click', () => sheet()?.forget());
  button('late-recover').addEventListener('click', () => sheet()?.recover());

  /** @param {Sheet} known */
  function words(known) {
    const num = known.waiting;
    const state = known.saving;
    const done = state === 'saved' || state === 'bare';
    if (!done) return t(['unreadable', 'keeping', 'sending'].includes(state) ? `saving_${state}` : `saving_${state}_${num > 1 ? 'many' : 'one'}`, { num });
    if (known.locked) return '';
    const open = criteria.filter(({ key }) => known.lacks(key).includes('choice'));
    return open.length > 0 ? t('saving_choose', { criteria: open.map(({ name }) => name).join(', ') }) : t(`saving_${state}`);
  }

  /**
   * @param {import('../marks/store.js').Kept} one
   * @param {boolean} locked where all of it was refused for the same reason
   */
  function told({ kind, place, value, refused }, locked) {
    const name = criteria.find(({ key }) => key === (kind === 'note' ? value.criterion : place))?.name ?? '';
    const what = {
      level: () => (value.not_assessable ? [t('not_assessable'), value.reason].filter(Boolean).join(', ') : scale.labels[value.thirds] ?? t('late_cleared')),
      nothing: () => t(value.nothing_to_add ? 'nothing_yes' : 'nothing_no'),
      note: () => t('late_note', { text: value.text }),
      removal: () => t('late_removal'),
    }[kind]();
    const line = name ? t('late_of', { criterion: name, what }) : what;
    return make('li', {}, refused && !locked ? `${line}. ${refused}` : line);
  }

  return function draw() {
    const known = sheet();
    if (!known) return;
    say(el('saved'), words(known));
    el('saved').dataset.saving = ['saved', 'bare'].includes(known.saving) && criteria.some(({ key }) => known.lacks(key).includes('choice')) ? 'choose' : known.saving;
    const last = new Map(known.late.map((one) => [`${one.kind}:${one.place}`, one]));
    el('late').hidden = last.size === 0;
    if (last.size === 0) return;
    say(el('late-why'), t(known.locked ? 'late_locked' : 'late_open'));
    button('late-recover').hidden = known.locked;
    el('late-list').replaceChildren(...[...last.values()].map((one) => told(one, known.locked)));
  };
}
