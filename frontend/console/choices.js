/** On a criterion that two devices marked without knowing of each other: both values, and a choice. */
import { make } from '../base/dom.js';
import { say } from '../base/words.js';

/** @typedef {import('./sheet.js').Sheet} Sheet */
/** @typedef {import('./grid.js').Criterion} Criterion */
/** @typedef {import('./grid.js').Scale} Scale */

/**
 * @param {HTMLElement} place where the choice is drawn
 * @param {Criterion} criterion
 * @param {Scale} scale
 * @param {() => Sheet|null} sheet
 * @returns {() => void} draws it
 */
export function makeChoice(place, criterion, scale, sheet) {
  let drawn = '';

  /** @param {Record<string, any>} value */
  function label(value) {
    if ('nothing_to_add' in value) return say(value.nothing_to_add ? 'nothing_yes' : 'nothing_no');
    if (value.not_assessable) return value.reason ? say('choice_blank', { reason: value.reason }) : say('not_assessable');
    return scale.labels[value.thirds] ?? say('choice_none');
  }

  return function draw() {
    const known = sheet();
    const kinds = /** @type {const} */ (['level', 'nothing']);
    const open = known?.locked ? [] : kinds.flatMap((kind) => (known?.rivals(criterion.key, kind) ?? []).map((value) => ({ kind, value })));
    const key = JSON.stringify(open);
    if (key === drawn) return;
    drawn = key;
    place.hidden = open.length === 0;
    place.replaceChildren(make('span', { class: 'vv-marks-choice__why' }, say('choice_why')));
    for (const { kind, value } of open) {
      const pick = make('button', { type: 'button', class: 'btn btn-sm', 'aria-label': say('choice_keep_of', { value: label(value), criterion: criterion.name }) }, say('choice_keep', { value: label(value) }));
      pick.addEventListener('click', () => sheet()?.choose(criterion.key, kind, value));
      place.append(pick);
    }
  };
}
