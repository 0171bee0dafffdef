/** The clock of a recording: what is due when, recordings joined, absences. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goesOn, reelOf } from '../playback/reel.js';
import { absences, whole } from '../playback/timeline.js';
import { due } from '../playback/track.js';

/** @param {string} key @param {number} offset_s @param {number} duration_s */
const segment = (key, offset_s, duration_s) => ({ role: 'candidate', key, offset_s, duration_s, width: 640, height: 360, sound: true, size: 1, sha256: '' });

/** A recording of the candidate alone, of one segment and one part. @param {string} began @param {number} seconds @param {number} number */
const recorded = (began, seconds, number) => ({
  manifest: {
    started_at: `2026-12-03T14:${began}Z`,
    duration_s: seconds,
    segments: [segment(`${began}.webm`, 0.5, seconds - 0.5)],
    parts: [{ number, start_s: 0, end_s: seconds }],
    gaps: [{ role: 'candidate', start_s: 1, end_s: 2.5 }],
    peak_s: 0.5,
    peaks: { candidate: Array.from({ length: seconds / 0.5 }, () => 0.25 * number) },
  },
  files: [`/${began}.webm`],
});

test('the segment that is due is the latest begun of those that last', () => {
  const segments = [segment('a', 0, 10), segment('b', 8, 10), segment('c', 30, 5)];
  const seconds = [-1, 0, 7.9, 8, 9.9, 12, 18, 30, 35];
  assert.deepEqual(seconds.map((second) => due(segments, second)), [-1, 0, 0, 1, 1, 1, -1, 2, -1]);
});

test('two recordings are joined in their order of time', () => {
  const joined = whole([recorded('30:08', 4, 2), recorded('30:00', 5, 1)]);
  assert.ok(joined);
  const { manifest, files } = joined;
  assert.deepEqual(files, ['/30:00.webm', '/30:08.webm']);
  assert.equal(manifest.duration_s, 12);
  assert.deepEqual(manifest.segments.map(({ offset_s: at }) => at), [0.5, 8.5]);
  assert.deepEqual(manifest.parts, [{ number: 1, start_s: 0, end_s: 5 }, { number: 2, start_s: 8, end_s: 12 }]);
  assert.deepEqual(manifest.gaps.map(({ start_s: from, end_s: to }) => [from, to]), [[1, 2.5], [5, 8], [9, 10.5]]);
  assert.deepEqual(manifest.peaks.candidate, [...Array(10).fill(0.25), ...Array(6).fill(0), ...Array(8).fill(0.5)]);
});

test('one stays as it is, and what is not ready is left out', () => {
  const ready = recorded('30:00', 5, 1);
  assert.deepEqual(whole([{ manifest: null, files: [] }, ready]), ready);
  assert.equal(whole([]), null);
});

test('absences that touch are one', () => {
  const gaps = [
    { role: 'candidate', start_s: 12, end_s: 15 },
    { role: 'evaluator', start_s: 10, end_s: 12 },
    { role: 'candidate', start_s: 10, end_s: 12 },
    { role: 'candidate', start_s: 30, end_s: 31.5 },
  ];
  assert.deepEqual(absences(gaps), [
    { role: 'evaluator', start_s: 10, end_s: 12 },
    { role: 'candidate', start_s: 10, end_s: 15 },
    { role: 'candidate', start_s: 30, end_s: 31.5 },
  ]);
});

test('a reel hears what led to each remark, and twice what two share only once', () => {
  assert.deepEqual(reelOf([40, 3, 44.5, 99], 100), [{ from: 0, to: 5 }, { from: 34, to: 46.5 }, { from: 93, to: 100 }]);
  assert.deepEqual(reelOf([], 100), []);
});

test('a reel goes from one to the next and ends', () => {
  const spans = reelOf([10, 40], 100);
  assert.deepEqual([0, 4, 11.9, 12, 36, 42, 80].map((second) => goesOn(spans, second)), [4, 4, 11.9, 34, 36, null, null]);
});
