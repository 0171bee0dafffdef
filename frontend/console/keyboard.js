/** The console's keys: one listener, and never one where somebody is typing. */
import { typing } from '../base/dom.js';
import { commandOf } from './keys.js';

/** @typedef {import('./keys.js').Command} Command */
/** @typedef {{[Act in Command['act']]: (command: Extract<Command, {act: Act}>) => boolean}} Does what a key does; false: nothing */

/**
 * @param {string[]} letters those of the criteria
 * @param {Does} does
 */
export function makeKeyboard(letters, does) {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    const command = commandOf(event, letters);
    if (!command || (typing() && !leadsOn(event, command))) return;
    const act = /** @type {(command: Command) => boolean} */ (does[command.act]);
    if (act(command)) event.preventDefault();
  });
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
