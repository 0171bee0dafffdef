/** The console's keys: one for the page and its small window, and never one where somebody is typing. */
import { typing } from '../base/dom.js';
import { commandOf } from './keys.js';

/** @typedef {import('./keys.js').Command} Command */
/** @typedef {{[Act in Command['act']]: (command: Extract<Command, {act: Act}>) => boolean}} Does what a key does; false: nothing */

/**
 * @param {string[]} letters those of the criteria
 * @param {Does} does
 * @returns {(small: Window) => void} has a window without fields of its own listen too
 */
export function makeKeyboard(letters, does) {
  /** @param {KeyboardEvent} event @param {(command: Command) => boolean} may */
  function press(event, may) {
    if (event.defaultPrevented) return;
    const command = commandOf(event, letters);
    if (!command || !may(command)) return;
    const act = /** @type {(command: Command) => boolean} */ (does[command.act]);
    if (act(command)) event.preventDefault();
  }
  document.addEventListener('keydown', (event) => press(event, (command) => !typing() || leadsOn(event, command)));
  return (small) =>
    small.document.addEventListener('keydown', (event) =>
      press(event, () => {
        // What is opened by the key is typed into here.
        window.focus();
        return !document.querySelector('dialog:modal');
      }),
    );
}

/**
 * Whether a form's fields are left by its main key: what is filled in there is no running text.
 * @param {KeyboardEvent} event
 * @param {Command} command
 */
const leadsOn = ({ target }, { act }) => act === 'main' && target instanceof Element && target.closest('[data-main-key]') !== null;

/**
 * Press the first of these buttons that can be pressed.
 * @param {string[]} ids
 * @returns {boolean} whether one could
 */
export function pressFirst(...ids) {
  const buttons = ids.map((id) => document.getElementById(id));
  const ready = buttons.find((button) => button instanceof HTMLButtonElement && !button.disabled && button.offsetParent !== null);
  ready?.click();
  return Boolean(ready);
}
