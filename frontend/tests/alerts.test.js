/** What the evaluator is told of between two states of an oral. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alertsBetween, mayChime } from '../console/alerts.js';

const ME = 7;
const THEM = 8;

/** @param {string} name @param {object} [more] */
const state = (name, more = {}) =>
  /** @type {import('../types/shown').EvaluatorState} the fields that alerts read */ (
    /** @type {unknown} */ ({ state: name, candidate: { present: false, waiting_since: null }, chat: [], incidents: [], ...more })
  );
const SINCE = '2026-12-03T14:28:00Z';
const HERE = { candidate: { present: true, waiting_since: SINCE } };
const AWAY = { candidate: { present: false, waiting_since: SINCE } };

/** @param {ReturnType<typeof state>} before @param {ReturnType<typeof state>} after */
const kinds = (before, after) => alertsBetween(before, after, ME).map(({ kind }) => kind);

test('whoever comes to the waiting room, leaves it and comes back is told of', () => {
  assert.deepEqual(kinds(state('planned'), state('planned', HERE)), ['waiting']);
  assert.deepEqual(kinds(state('open', HERE), state('open', AWAY)), ['gone']);
  assert.deepEqual(kinds(state('open', AWAY), state('open', HERE)), ['waiting']);
  assert.deepEqual(kinds(state('open', HERE), state('open', HERE)), []);
});

test('in the room: gone and back; being let in and the end are no news', () => {
  assert.deepEqual(kinds(state('running', HERE), state('running', AWAY)), ['gone']);
  assert.deepEqual(kinds(state('running', AWAY), state('running', HERE)), ['back']);
  assert.deepEqual(kinds(state('open', HERE), state('identity', HERE)), []);
  assert.deepEqual(kinds(state('running', HERE), state('ended', AWAY)), []);
});

test('messages and problems of the candidate come with their words, one’s own and the machine’s do not', () => {
  const line = (/** @type {number} */ id, /** @type {boolean} */ mine) => ({ id, mine, text: `line ${id}` });
  const incident = (/** @type {number} */ id, /** @type {number|null} */ by) => ({ id, by, note: `problem ${id}` });
  const after = state('running', { chat: [line(1, false), line(2, true), line(3, false)], incidents: [incident(1, ME), incident(2, null), incident(3, THEM)] });
  assert.deepEqual(alertsBetween(state('running', { chat: [line(1, false)] }), after, ME), [
    { kind: 'message', words: 'line 3' },
    { kind: 'problem', words: 'problem 3' },
  ]);
});

test('no sound is made while somebody could hear it in the call', () => {
  assert.deepEqual(['planned', 'open', 'identity', 'ready', 'running', 'ended', 'aborted'].map((name) => mayChime(state(name))), [true, true, false, false, false, true, true]);
});

test('a problem that stands among the messages too is told of once', () => {
  const after = state('running', {
    chat: [{ id: 1, mine: false, text: 'No sound' }, { id: 2, mine: false, text: 'Hello' }],
    incidents: [{ id: 5, by: THEM, note: 'No sound' }],
  });
  assert.deepEqual(kinds(state('running'), after), ['message', 'problem']);
});
