/** The notice that somebody of the certifier attends the oral: steady, in words, while they are there. */
import { find } from '../base/dom.js';

/** @param {import('./state.js').OralState} state */
export function drawObserved(state) {
  find('[data-observed]').hidden = !state.observed;
}
