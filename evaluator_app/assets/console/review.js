/** After the end: the recording where the video was, with the notes as pins. */
import { ask } from '../live/state.js';
import { el, say } from './page.js';
import { t } from './words.js';

/** @typedef {import('./oral.js').Oral} Oral */
/** @typedef {import('../marks/cells.js').Note} Note */
/** @typedef {import('./grid.js').Criterion} Criterion */

/**
 * @param {Oral} oral
 * @param {string} base
 * @param {Criterion[]} criteria
 */
export function makeReview(oral, base, criteria) {
  /** @type {import('../playback/player.js').RecordingPlayer|null} */ let player = null;
  /** @type {Record<string, any>|null} */ let manifest = null;
  /** @type {Note[]} */ let notes = [];
  let loading = false;

  async function load() {
    if (loading || player) return;
    loading = true;
    try {
      const { recordings } = await ask(`${base}recording`);
      const found = recordings.find((/** @type {any} */ one) => one.manifest?.segments?.length);
      if (!found) return;
      // Only now: the player is large, and during the call nobody needs it.
      const { RecordingPlayer } = await import('../playback/player.js');
      manifest = found.manifest;
      const keys = found.manifest.segments.map((/** @type {any} */ one) => one.key);
      const root = /** @type {HTMLElement} */ (el('player-here').querySelector('[data-playback]'));
      el('player-here').hidden = false;
      el('player-wait').hidden = true;
      player = RecordingPlayer.show(root, found.manifest, {
        address: (segment) => found.files[keys.indexOf(segment.key)],
        notes: pinned(),
      });
      player.seek(opening(found.manifest));
    } finally {
      loading = false;
    }
  }

  /** @returns {{second: number, label: string}[]} */
  function pinned() {
    return notes.flatMap((note) => {
      const letter = criteria.find((one) => one.key === note.criterion)?.letter ?? '·';
      return note.second === null ? [] : [{ second: note.second, label: letter }];
    });
  }

  /**
   * The first moment at which the candidate is seen: nobody's picture comes with the very first packet.
   * @param {Record<string, any>} manifest
   */
  function opening(manifest) {
    const starts = manifest.segments
      .filter((/** @type {any} */ one) => one.role === 'candidate')
      .map((/** @type {any} */ one) => one.offset_s);
    const first = Math.min(...starts) + 0.1;
    return first < 5 ? first : 0;
  }

  return {
    draw() {
      const state = oral.state;
      const over = state.state === 'ended' || state.state === 'aborted';
      el('frame').hidden = over;
      el('player').hidden = !over;
      if (!over) return;
      say(el('player-words'), t(`recording_${state.recording.state}`));
      if (state.recording.state === 'ready') load().catch(() => {});
    },
    /** @param {Note[]} fresh */
    pins(fresh) {
      notes = fresh;
      player?.setNotes(pinned());
    },
    /** @param {number} second */
    jump(second) {
      if (!player) return;
      player.seek(second);
      player.play();
    },
    /** @returns {{part: number|null, second: number}|null} what is being heard */
    moment() {
      if (!player || !manifest) return null;
      const second = player.position;
      const part = manifest.parts.find((/** @type {any} */ one) => second >= one.start_s && second < one.end_s);
      return { part: part?.number ?? null, second };
    },
  };
}
