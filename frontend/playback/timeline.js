/**
 * What was recorded of one oral, as one timeline: several recordings joined, absences in order.
 *
 * @typedef {import('./player.js').Manifest} Manifest
 *
 * @typedef {object} Recorded
 * @property {Manifest} manifest
 * @property {string[]} files the address of each segment
 */

/**
 * Join recordings by the time of day at which each began; what lies between two was not recorded.
 *
 * @param {{manifest: Manifest|null, files: string[]}[]} recordings
 * @returns {Recorded|null} null when nothing was recorded
 */
export function whole(recordings) {
  /** @type {Recorded[]} */
  const filled = recordings.flatMap(({ manifest, files }) => (manifest?.segments.length ? [{ manifest, files }] : []));
  filled.sort((a, b) => Date.parse(a.manifest.started_at) - Date.parse(b.manifest.started_at));
  if (filled.length < 2) return filled[0] ?? null;
  return filled.slice(1).reduce(joined, filled[0]);
}

/** @param {Recorded} first @param {Recorded} next @returns {Recorded} */
function joined({ manifest: a, files }, { manifest: b, files: more }) {
  const shift = (Date.parse(b.started_at) - Date.parse(a.started_at)) / 1000;
  /** @template {{start_s: number, end_s: number}} T @param {T} span */
  const later = (span) => ({ ...span, start_s: span.start_s + shift, end_s: span.end_s + shift });
  const roles = [...new Set([...Object.keys(a.peaks), ...Object.keys(b.peaks)])];
  const between = shift > a.duration_s ? roles.map((role) => ({ role, start_s: a.duration_s, end_s: shift })) : [];
  const lead = Math.round(shift / a.peak_s);
  const peaks = roles.map((role) => {
    const row = (a.peaks[role] ?? []).slice(0, lead);
    return [role, [...row, ...new Array(Math.max(0, lead - row.length)).fill(0), ...(b.peaks[role] ?? [])]];
  });
  return {
    manifest: {
      ...a,
      duration_s: Math.max(a.duration_s, shift + b.duration_s),
      segments: [...a.segments, ...b.segments.map((segment) => ({ ...segment, offset_s: segment.offset_s + shift }))],
      parts: [...a.parts, ...b.parts.map(later)],
      gaps: [...a.gaps, ...between, ...b.gaps.map(later)],
      peaks: Object.fromEntries(peaks),
    },
    files: [...files, ...more],
  };
}

/**
 * Absences in the order of time, those that touch as one: a crash ends where the person is back.
 *
 * @param {import('./track.js').Gap[]} gaps
 * @returns {import('./track.js').Gap[]}
 */
export function absences(gaps) {
  /** @type {import('./track.js').Gap[]} */ const merged = [];
  for (const gap of [...gaps].sort((a, b) => a.start_s - b.start_s)) {
    const open = merged.findLast(({ role }) => role === gap.role);
    if (open && gap.start_s - open.end_s < 1) open.end_s = Math.max(open.end_s, gap.end_s);
    else merged.push({ ...gap });
  }
  return merged;
}
