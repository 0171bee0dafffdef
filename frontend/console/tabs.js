/** On a tablet the script and the grid share one place: which of them is shown. */
import { find } from '../base/dom.js';

/** @typedef {'script'|'grid'} Tab */

/** @returns {(tab: Tab) => void} shows one of them */
export function makeTabs() {
  const buttons = [...document.querySelectorAll('.vv-console-tab')].filter((button) => button instanceof HTMLButtonElement);
  /** @param {Tab} tab */
  const show = (tab) => {
    find('#console').dataset.tab = tab;
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.dataset.tab === tab));
  };
  for (const button of buttons) button.addEventListener('click', () => show(button.dataset.tab === 'grid' ? 'grid' : 'script'));
  return show;
}
