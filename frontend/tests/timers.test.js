/** Timers of an oral between two answers of the server, and of what a watch notices. */
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { clock } from '../live/clock.js';
import { OralClient } from '../live/state.js';
import { Span } from '../proctor/span.js';

let now = 1000;
mock.method(performance, 'now', () => now);
beforeEach(() => {
  now = 1000;
});

/** @param {Partial<import('../types/shown').CandidateState>} [parts] */
const state = (parts = {}) =>
  /** @type {import('../types/shown').CandidateState} the fields that the client itself reads */ ({
    now: '2026-12-03T14:30:00+00:00',
    device: { mine: true, other: false },
    ...parts,
  });

/** @param {import('../types/shown').CandidateState} first */
const client = (first) => new OralClient({ base: '/x/', state: first, beat_s: 5, device: 'device-one' });
const RUNS = { elapsed_s: 10, running: true, paused: false };

test('a running part goes on by the time since the answer', () => {
  const oral = client(state());
  now += 2500;
  assert.equal(oral.elapsed(RUNS), 12.5);
  assert.equal(oral.now(), Date.parse('2026-12-03T14:30:02.500Z'));
});

test('a part that is paused or over stands still', () => {
  const oral = client(state());
  now += 2500;
  assert.equal(oral.elapsed({ ...RUNS, paused: true }), 10);
  assert.equal(oral.elapsed({ ...RUNS, running: false }), 10);
});

test('while the call is cut the time stands where it was, then catches up', () => {
  const oral = client(state());
  now += 1000;
  oral.stand(true);
  now += 4000;
  oral.stand(true);
  assert.equal(oral.elapsed(RUNS), 11);
  oral.stand(false);
  assert.equal(oral.elapsed(RUNS), 15);
});

test('an answer that is older than what is known is dropped', () => {
  const oral = client(state());
  oral.take(state({ now: '2026-12-03T14:30:05+00:00', revision: 2 }));
  oral.take(state({ now: '2026-12-03T14:30:04+00:00', revision: 1 }));
  assert.equal(oral.state.revision, 2);
});

test('a page that lost the call stays aside until it is asked for again', () => {
  const oral = client(state());
  const seen = (/** @type {boolean} */ mine, /** @type {boolean} */ other) => {
    oral.take(state({ device: { mine, other } }));
    return oral.aside;
  };
  assert.deepEqual([seen(true, false), seen(false, true), seen(false, false), seen(true, false)], [false, true, true, false]);
});

test('a page that never had the call comes in once the other one is gone', () => {
  const oral = client(state({ device: { mine: false, other: true } }));
  assert.equal(oral.aside, true);
  oral.take(state({ device: { mine: false, other: false } }));
  assert.equal(oral.aside, false);
});

test('minutes and seconds never go below nothing', () => {
  assert.deepEqual([-3, 0, 59.9, 60, 187].map(clock), ['0:00', '0:00', '0:59', '1:00', '3:07']);
});

/** @param {{grace?: number, hang?: number}} times @param {[number, boolean][]} moves time, and whether it is so */
function noticed(times, moves) {
  /** @type {[number, number|undefined][]} */
  const told = [];
  const origin = performance.timeOrigin;
  const span = new Span('voice', ({ at, lasted }) => told.push([Math.round(at - origin), lasted]), times);
  for (const [at, on] of moves) {
    now = at;
    span.set(on);
  }
  return told;
}

test('what lasts less than the grace is never noticed', () => {
  assert.deepEqual(noticed({ grace: 500 }, [[0, true], [400, true], [450, false], [900, true]]), []);
});

test('what lasts is noticed from its beginning, then told with its length', () => {
  assert.deepEqual(noticed({ grace: 500 }, [[0, true], [500, true], [800, true], [900, false]]), [[0, undefined], [0, 900]]);
});

test('an interruption shorter than the hang does not end it', () => {
  const moves = /** @type {[number, boolean][]} */ ([[0, true], [100, false], [200, true], [300, false], [600, false]]);
  assert.deepEqual(noticed({ hang: 200 }, moves), [[0, undefined], [0, 300]]);
});
