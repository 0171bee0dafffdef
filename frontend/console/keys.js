/** What a key means in the console where nothing is being typed. Pure: `keyboard.js` does it. */

/**
 * @typedef {Pick<KeyboardEvent, 'key'|'code'|'ctrlKey'|'shiftKey'|'altKey'|'metaKey'|'repeat'|'isComposing'>} Pressed
 *
 * @typedef {{act: 'note', letter: string} | {act: 'row', letter: string} | {act: 'prompt', number: number}
 *   | {act: 'nothing'|'mute'|'reveal'|'next'|'main'|'keys'|'first'|'last'|'drop'}} Command
 */

/** @type {Record<string, 'mute'|'reveal'>} */
const LETTERS = { M: 'mute', R: 'reveal' };

/** @type {Record<string, 'keys'|'first'|'last'|'drop'>} */
const NAMED = { '?': 'keys', ArrowDown: 'first', ArrowUp: 'last', Escape: 'drop' };

/** @type {Record<string, 'next'|'main'>} */
const WITH_CTRL = { ArrowRight: 'next', Enter: 'main' };

/**
 * @param {Pressed} pressed
 * @param {string[]} letters those of the criteria; a criterion comes before any other meaning
 * @returns {Command|null} null: the key is the browser's
 */
export function commandOf(pressed, letters) {
  const { key, ctrlKey, shiftKey, altKey, metaKey } = pressed;
  if (composes(pressed) || pressed.repeat || altKey || metaKey) return null;
  if (ctrlKey) {
    const act = shiftKey ? undefined : WITH_CTRL[key];
    return act ? { act } : null;
  }
  const letter = letterOf(pressed);
  if (letters.includes(letter)) return { act: shiftKey ? 'row' : 'note', letter };
  if (LETTERS[letter] && !shiftKey) return { act: LETTERS[letter] };
  if (NAMED[key]) return { act: NAMED[key] };
  const digit = digitOf(pressed);
  if (digit === null) return null;
  return digit === 0 ? { act: 'nothing' } : { act: 'prompt', number: digit };
}

/**
 * Whether an input method is making a character: its keys are nobody else's.
 * @param {Pick<KeyboardEvent, 'isComposing'|'key'>} pressed
 */
export const composes = ({ isComposing, key }) => isComposing || key === 'Process' || key === 'Dead';

/**
 * The letter that is pressed; by its place where the layout writes in another alphabet.
 * @param {Pressed} pressed
 */
function letterOf({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  const foreign = /^\p{L}$/u.test(key) && !/^\p{Script=Latin}$/u.test(key);
  return foreign ? (/^Key([A-Z])$/.exec(code)?.[1] ?? '') : '';
}

/**
 * The digit that is pressed, also where the layout asks for Shift to write it, as in France.
 * @param {Pressed} pressed
 * @returns {number|null}
 */
function digitOf({ key, code, shiftKey }) {
  if (/^[0-9]$/.test(key)) return Number(key);
  const place = shiftKey ? null : /^Digit([0-9])$/.exec(code);
  return place ? Number(place[1]) : null;
}
