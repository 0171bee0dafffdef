/** What each key of the console means, on any keyboard, and what a remark's first word marks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandOf } from '../console/keys.js';
import { leading } from '../marks/leading.js';

const LETTERS = ['L', 'P', 'V', 'F', 'G', 'I'];
const LABELS = { 2: 'Inférieur à A1', 9: 'B1', 11: 'B2-', 12: 'B2', 13: 'B2+' };

/** @param {string} key @param {Partial<import('../console/keys.js').Pressed>} [more] */
const press = (key, more = {}) =>
  commandOf({ key, code: '', ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, repeat: false, isComposing: false, ...more }, LETTERS);

test('a letter opens a remark, with Shift it goes to the row, whatever Caps Lock says', () => {
  assert.deepEqual(press('v'), { act: 'note', letter: 'V' });
  assert.deepEqual(press('V'), { act: 'note', letter: 'V' });
  assert.deepEqual(press('V', { shiftKey: true }), { act: 'row', letter: 'V' });
  assert.deepEqual(press('v', { shiftKey: true }), { act: 'row', letter: 'V' });
});

test('each of the other keys has one meaning', () => {
  const keys = ['m', 'r', '0', '7', '?', 'ArrowDown', 'ArrowUp', 'Escape', 'x', 'Enter', ' ', 'Tab'];
  assert.deepEqual(
    keys.map((key) => press(key)?.act ?? null),
    ['mute', 'reveal', 'nothing', 'prompt', 'keys', 'first', 'last', 'drop', null, null, null, null],
  );
  assert.deepEqual(press('7'), { act: 'prompt', number: 7 });
  assert.deepEqual(press('ArrowRight', { ctrlKey: true }), { act: 'next' });
  assert.deepEqual(press('Enter', { ctrlKey: true }), { act: 'main' });
});

test('a criterion of another grid comes before mute and reveal', () => {
  const pressed = { key: 'm', code: 'KeyM', ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, repeat: false, isComposing: false };
  assert.deepEqual(commandOf(pressed, ['M']), { act: 'note', letter: 'M' });
});

test('shortcuts of the browser, held keys and input methods are left alone', () => {
  for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { repeat: true }, { isComposing: true }]) assert.equal(press('v', more), null);
  assert.equal(press('ArrowRight', { ctrlKey: true, shiftKey: true }), null);
  assert.equal(press('ArrowRight', { ctrlKey: true, isComposing: true }), null);
  assert.equal(press('Process', { code: 'KeyV' }), null);
  assert.equal(press('Dead', { code: 'KeyV' }), null);
});

test('digits are found on a French keyboard, letters on a Greek one', () => {
  assert.deepEqual(press('à', { code: 'Digit0' }), { act: 'nothing' });
  assert.deepEqual(press('é', { code: 'Digit2' }), { act: 'prompt', number: 2 });
  assert.deepEqual(press('2', { code: 'Digit2', shiftKey: true }), { act: 'prompt', number: 2 });
  assert.deepEqual(press('ω', { code: 'KeyV' }), { act: 'note', letter: 'V' });
  assert.equal(press('é', { code: 'KeyV' }), null);
});

test('a first word that is a mark marks, and the rest is the remark', () => {
  assert.deepEqual(leading('b2+ collocations justes', LABELS), { thirds: 13, rest: 'collocations justes' });
  assert.deepEqual(leading('B2−', LABELS), { thirds: 11, rest: '' });
  assert.deepEqual(leading('b2', LABELS), { thirds: 12, rest: '' });
});

test('what only looks like a mark is words', () => {
  for (const text of ['b2b market', 'b2+collocations', 'tenses b2', 'b1++ yes', 'd4 ']) assert.deepEqual(leading(text, LABELS), { thirds: null, rest: text.trim() });
});
