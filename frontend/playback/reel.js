/** A reel: what was heard around each remark of a criterion, one after the other. Pure. */

/** How long is heard around a remark: mostly before it, as one writes what one has just heard. */
const BEFORE_S = 6;
const AFTER_S = 2;

/** @typedef {{from: number, to: number}} Span seconds of the recording */

/**
 * @param {number[]} seconds of the remarks
 * @param {number} duration of the recording
 * @returns {Span[]} in order; those that touch are one
 */
export function reelOf(seconds, duration) {
  /** @type {Span[]} */
  const spans = [];
  for (const second of [...seconds].sort((a, b) => a - b)) {
    const span = { from: Math.max(0, second - BEFORE_S), to: Math.min(duration, second + AFTER_S) };
    const last = spans.at(-1);
    if (last && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else if (span.from < span.to) spans.push(span);
  }
  return spans;
}

/**
 * Where a reel goes on from a second.
 * @param {Span[]} spans
 * @param {number} second
 * @returns {number|null} the same second: it is within the reel; null: the reel is over
 */
export function goesOn(spans, second) {
  const next = spans.find(({ to }) => second < to);
  return next ? Math.max(second, next.from) : null;
}
