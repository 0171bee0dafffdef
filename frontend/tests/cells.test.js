/** Operations on a scoresheet, as they are made and shown before the server has them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesIn, markOf, notesOf, operation, rivalsOf } from '../marks/cells.js';

/** @typedef {import('../marks/cells.js').Known} Known */
/** @typedef {import('../marks/cells.js').Operation} Operation */

const BLANK = { thirds: null, not_assessable: false, reason: '', nothing_to_add: false };

/** @param {Partial<Known>} [parts] @returns {Known} */
const known = (parts = {}) => ({
  id: 7,
  state: 'draft',
  version: 1,
  revision: 12,
  reason: '',
  submitted_at: null,
  marks: {},
  notes: [],
  rivals: {},
  lacks: [],
  ...parts,
});

/** @param {number} thirds */
const level = (thirds) => ({ thirds, not_assessable: false, reason: '' });

/**
 * @param {Operation['kind']} kind
 * @param {string} place
 * @param {Record<string, unknown>} value
 * @param {Partial<Operation>} [more]
 */
const kept = (kind, place, value, more = {}) =>
  /** @type {Operation} */ ({ id: `${kind}-${place}`, kind, place, value, base: 12, after: '', made_at: 0, ...more });

test('an operation says which revision its author saw', () => {
  const made = operation(known(), [], { kind: 'level', place: 'fluency', value: level(9) });
  assert.deepEqual([made.base, made.after, made.kind, made.place], [12, '', 'level', 'fluency']);
  assert.match(made.id, /^[0-9a-f]{32}$/);
});

test('one on the same cell comes after the one that waits, and bears its base', () => {
  const first = kept('level', 'fluency', level(9), { base: 5 });
  const other = kept('level', 'grammar', level(3));
  const made = operation(known(), [first, other], { kind: 'level', place: 'fluency', value: level(10) });
  assert.deepEqual([made.base, made.after], [5, first.id]);
});

test('a removal is on the cell of its note', () => {
  const note = kept('note', 'n1', { text: 'a' });
  const made = operation(known(), [note], { kind: 'removal', place: 'n1', value: {} });
  assert.equal(made.after, note.id);
});

test('going on without choosing writes over the value that is shown alone', () => {
  const rivals = { fluency: { level: [{ id: 'shown', ...level(9) }, { id: 'other', ...level(12) }] } };
  const wanted = { kind: /** @type {const} */ ('level'), place: 'fluency', value: level(10) };
  const made = operation(known({ rivals }), [], wanted);
  assert.deepEqual([made.base, made.after], [0, 'shown']);
  const chosen = operation(known({ rivals }), [], { ...wanted, chooses: true });
  assert.deepEqual([chosen.base, chosen.after, chosen.chooses], [12, '', true]);
});

test('a mark is what the server told, with what waits on top', () => {
  const marks = { fluency: { ...BLANK, thirds: 9 } };
  const waits = [kept('level', 'fluency', level(10)), kept('nothing', 'fluency', { nothing_to_add: true }), kept('note', 'fluency', { text: 'no mark' })];
  assert.deepEqual(markOf(known({ marks }), waits, 'fluency'), { ...BLANK, thirds: 10, nothing_to_add: true });
  assert.deepEqual(markOf(known({ marks }), waits, 'grammar'), BLANK);
});

test('notes stand in the order of the recording, those without a moment last', () => {
  const note = (/** @type {string} */ id, /** @type {number|null} */ second) => ({ client_id: id, criterion: null, part: 1, second, text: id });
  const notes = [note('a', 30), note('b', null), note('c', 10)];
  const waits = [
    kept('note', 'd', { criterion: null, part: 1, second: 20, text: 'd' }),
    kept('removal', 'a', {}),
    kept('note', 'c', { criterion: null, part: 1, second: 40, text: 'c moved' }),
  ];
  assert.deepEqual(notesOf(known({ notes }), waits).map((shown) => [shown.client_id, shown.text]), [['d', 'd'], ['c', 'c moved'], ['b', 'b']]);
});

test('two devices that wrote the same are no rivals', () => {
  const same = { fluency: { level: [{ id: 'x', ...level(9) }, { id: 'y', ...level(9) }] } };
  assert.deepEqual(rivalsOf(known({ rivals: same }), [], 'fluency', 'level'), []);
});

test('rivals stay until somebody chooses', () => {
  const rivals = { fluency: { level: [{ id: 'x', ...level(9) }, { id: 'y', ...level(12) }] } };
  const sheet = known({ rivals });
  assert.deepEqual(rivalsOf(sheet, [], 'fluency', 'level'), [level(9), level(12)]);
  assert.deepEqual(rivalsOf(sheet, [kept('level', 'fluency', level(10))], 'fluency', 'level'), [level(10), level(12)]);
  assert.deepEqual(rivalsOf(sheet, [kept('level', 'fluency', level(12), { chooses: true })], 'fluency', 'level'), []);
  assert.deepEqual(rivalsOf(sheet, [kept('level', 'grammar', level(3))], 'fluency', 'level'), [level(9), level(12)]);
});

test('however often a mark was moved, it is one change', () => {
  const waits = [kept('level', 'fluency', level(9)), kept('level', 'fluency', level(10)), kept('note', 'n1', {}), kept('removal', 'n1', {})];
  assert.equal(changesIn(waits), 2);
});
