/** After the end: the recording where the video was, with the notes as pins. */
import { el, say } from './page.js';
import { t } from './words.js';

/** @typedef {import('./oral.js').Oral} Oral */
/** @typedef {import('./sheet.js').Note} Note */

/** @param {Oral} oral */
export function makeReview(oral) {
  return {
    draw(_sheet) {
      const state = oral.state;
        const over = state.state === 'ended' || state.state === 'aborted';
      el('frame').hidden = over;
      el('player').hidden = !over;
      if (!over) return;
      say(el('player'), t(`recording_${state.recording.state}`));
    },
    /** @param {Note[]} _notes */
    pins(_notes) {},
    /** @param {number} _second */
    jump(_second) {},
    /** @returns {{part: number|null, second: number|null}|null} */
    moment() {
      return null;
    },
  };
}
