/** After the end: the recording where the video was, with the notes as pins. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { ask } from '../base/http.js';
import { goesOn, reelOf } from '../playback/reel.js';
import { incidentWords } from './pins.js';

/** @typedef {{state: Pick<import('./oral.js').State, 'state'|'incidents'> & {recording: {state: string}}}} Oral */
/** @typedef {import('../marks/cells.js').Note} Note */
/** @typedef {import('./grid.js').Criterion} Criterion */

/**
 * @param {Oral} oral
 * @param {string} base
 * @param {Criterion[]} criteria
 * @param {(note: string, second: number) => void} move a note's pin was dragged
 * @param {() => void} loaded it can be heard from now on
 * @param {import('../playback/waveform.js').Note[]} [others] remarks that nobody moves
 */
export function makeReview(oral, base, criteria, move, loaded, others = []) {
  /** @type {import('../playback/player.js').RecordingPlayer|null} */ let player = null;
  /** @type {import('../types/shown').ManifestShown|null} */ let manifest = null;
  /** @type {Note[]} */ let notes = [];
  /** @type {import('../playback/reel.js').Span[]|null} */ let reel = null;
  let pins = '';
  let loading = false;
  let silent = false;

  async function load() {
    if (loading || player || silent) return;
    loading = true;
    try {
      /** @type {import('../types/shown').RecordingsShown} */
      const { recordings, talk } = await ask(`${base}recording`);
      silent = recordings.every(({ manifest: of }) => !of?.segments.length);
      if (silent) return write(find('#player-words'), say('recording_empty'));
      // Only now: the player is large, and during the call nobody needs it.
      const [{ RecordingPlayer }, { whole }] = await Promise.all([import('../playback/player.js'), import('../playback/timeline.js')]);
      const recorded = whole(recordings);
      if (!recorded) return;
      manifest = recorded.manifest;
      const keys = recorded.manifest.segments.map(({ key }) => key);
      const root = /** @type {HTMLElement} */ (find('#player-here').querySelector('[data-playback]'));
      find('#player-here').hidden = false;
      find('#player-wait').hidden = true;
      player = RecordingPlayer.show(root, recorded.manifest, {
        address: (segment) => recorded.files[keys.indexOf(segment.key)],
        notes: pinned(),
        talk,
        move,
      });
      player.seek(opening(recorded.manifest.segments));
      player.on('timeupdate', follow);
      player.on('pause', () => {
        reel = null;
      });
      loaded();
    } finally {
      loading = false;
    }
  }

  /** @param {{second: number}} at */
  function follow({ second }) {
    if (!reel || !player?.playing) return;
    const next = goesOn(reel, second);
    if (next === null) player.pause();
    else if (next > second) player.seek(next);
  }

  /** @returns {import('../playback/waveform.js').Note[]} remarks, which can be moved, and incidents */
  function pinned() {
    const incidents = oral.state.incidents.flatMap((incident) => (incident.second === null ? [] : [{ second: incident.second, label: '!', title: incidentWords(incident) }]));
    const remarks = notes.flatMap((note) => {
      const criterion = criteria.find(({ key }) => key === note.criterion);
      const words = criterion ? `${criterion.name} : ${note.text}` : note.text;
      return note.second === null ? [] : [{ id: note.client_id, second: note.second, label: criterion?.letter ?? '·', title: words }];
    });
    return [...remarks, ...incidents, ...others];
  }

  /** @param {number} second @returns {number|null} */
  function partAt(second) {
    const part = manifest?.parts.find(({ start_s: start, end_s: end }) => second >= start && second < end);
    return part?.number ?? null;
  }

  /**
   * The first moment at which the candidate is seen: nobody's picture comes with the very first packet.
   * @param {import('../playback/track.js').Segment[]} segments
   */
  function opening(segments) {
    const starts = segments.filter(({ role }) => role === 'candidate').map((segment) => segment.offset_s);
    const first = Math.min(...starts) + 0.1;
    return first < 5 ? first : 0;
  }

  return {
    draw() {
      const state = oral.state;
      const over = state.state === 'ended' || state.state === 'aborted';
      find('#frame').hidden = over;
      find('#player').hidden = !over;
      if (!over) return;
      write(find('#player-words'), say(`recording_${silent ? 'empty' : state.recording.state}`));
      if (state.recording.state === 'ready') load().catch(() => {});
    },
    /** @param {Note[]} fresh */
    pins(fresh) {
      notes = fresh;
      const now = JSON.stringify([pinned(), Boolean(player)]);
      if (now === pins) return;
      pins = now;
      player?.setNotes(pinned());
    },
    /**
     * Play what was heard around these seconds.
     * @param {number[]} seconds
     */
    reel(seconds) {
      if (!player) return;
      player.pause();
      reel = reelOf(seconds, player.duration);
      player.seek(reel[0]?.from ?? 0);
      player.play();
    },
    /** @param {number} second */
    jump(second) {
      if (!player) return;
      reel = null;
      player.seek(second);
      player.play();
    },
    /** @param {number} second */
    seek(second) {
      player?.seek(second);
    },
    /** @returns {number|null} how long the recording lasts; null while there is none to hear */
    get duration() {
      return player?.duration ?? null;
    },
    partAt,
    /** @returns {{part: number|null, second: number}|null} what is being heard */
    moment() {
      return player && { part: partAt(player.position), second: Math.round(player.position * 10) / 10 };
    },
  };
}
