/**
 * Play a recording: two people in step on one timeline, over gaps and reconnections.
 *
 * The markup is `templates/macros/playback.html`; words come with it. One person's file leads and
 * tells the time; the other is kept in step. When one waits for bytes, both wait. Where nobody was
 * recorded the clock on the wall goes on, so that a gap is seen to pass.
 *
 * Space plays and pauses, arrows jump five seconds, + and - change the speed; not while a field has
 * the focus, and a button keeps its space.
 */
import { find } from '../base/dom.js';
import { Emitter } from '../base/events.js';
import { ask } from '../base/http.js';
import { Track } from './track.js';
import { absences } from './timeline.js';
import { Waveform, clockWords } from './waveform.js';

const STEP_MS = 100;
const JUMP = 5;
/** Where keys belong to what has the focus: all of them, or those that press it. */
const KEEPS_KEYS = 'input, textarea, select, [contenteditable], [role=radio], [role=menu], dialog';
const PRESSED = 'button, a, summary';

/**
 * @typedef {import('../types/shown').ManifestShown} Manifest
 *
 * @typedef {object} Options
 * @property {(segment: import('./track.js').Segment) => string} [address] where a segment is
 *   served; default: its file's name, beside the manifest
 * @property {import('./waveform.js').Note[]} [notes]
 * @property {(id: string, second: number) => void} [move] a pin was dragged; without it none can be
 * @property {import('../types/shown').TalkShown[]} [talk] how long each side spoke
 */

/**
 * Events: `timeupdate`, `play`, `pause`, `failed`.
 * @extends {Emitter<{timeupdate: {second: number}, play: void, pause: void, failed: {why: string}}>}
 */
export class RecordingPlayer extends Emitter {
  /** @type {Track[]} */ #tracks = [];
  /** @type {Waveform|null} */ #wave = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #ticking;
  #position = 0;
  #stamp = 0;
  #playing = false;
  #rate = 1;
  #told = -1;
  /** @type {(step: number) => void} */ #turn = () => {};

  /**
   * Fetch the manifest and make the player ready.
   *
   * @param {HTMLElement} root
   * @param {string} manifestUrl
   * @param {Options} [options]
   * @returns {Promise<RecordingPlayer>}
   */
  static async open(root, manifestUrl, options = {}) {
    const player = new RecordingPlayer(root);
    try {
      /** @type {Manifest} */
      const manifest = await ask(manifestUrl);
      const beside = new URL('.', new URL(manifestUrl, location.href));
      player.#show(manifest, {
        address: ({ key }) => new URL(key.split('/').at(-1) ?? '', beside).href,
        ...options,
      });
    } catch (error) {
      player.#fail(error instanceof Error ? error.message : String(error));
    }
    return player;
  }

  /**
   * Make the player ready from a manifest that the page has already.
   *
   * @param {HTMLElement} root
   * @param {Manifest} manifest
   * @param {Options & {address: NonNullable<Options['address']>}} options
   * @returns {RecordingPlayer}
   */
  static show(root, manifest, options) {
    const player = new RecordingPlayer(root);
    player.#show(manifest, options);
    return player;
  }

  /** @param {HTMLElement} root */
  constructor(root) {
    super();
    this.root = root;
    this.duration = 0;
  }

  /** @returns {number} seconds since the recording began */
  get position() {
    return this.#position;
  }

  /** @returns {boolean} */
  get playing() {
    return this.#playing;
  }

  play() {
    if (this.#playing || !this.duration) return;
    if (this.#position >= this.duration - 0.05) this.seek(0);
    this.#playing = true;
    this.#stamp = performance.now();
    this.#ticking = setInterval(() => this.#step(), STEP_MS);
    this.#step();
    this.#showState();
    this.emit('play');
  }

  pause() {
    if (!this.#playing) return;
    this.#playing = false;
    clearInterval(this.#ticking);
    this.#follow();
    this.#showState();
    this.emit('pause');
  }

  toggle() {
    if (this.#playing) this.pause();
    else this.play();
  }

  /**
   * Both pictures arrive a moment after the recording begins: a player at rest shows them, rather
   * than two dark frames. A longer wait is part of what happened, and is shown as such.
   *
   * @returns {number} seconds
   */
  #firstPictures() {
    const starts = this.#tracks.map((track) => track.segments[0]?.offset_s ?? 0);
    const first = Math.max(0, ...starts);
    return first < 2 ? first : 0;
  }

  /** @param {number} second */
  seek(second) {
    this.#position = Math.max(0, Math.min(this.duration, second));
    this.#stamp = performance.now();
    for (const track of this.#tracks) track.seek(this.#position);
    this.#tell();
  }

  /** @param {import('./waveform.js').Note[]} notes */
  setNotes(notes) {
    this.#wave?.setNotes(notes);
  }

  /** Stop, and leave the keyboard to others. */
  close() {
    this.pause();
    document.removeEventListener('keydown', this.#keys);
  }

  /** @param {Manifest} manifest @param {Options & {address: NonNullable<Options['address']>}} options */
  #show(manifest, options) {
    this.duration = manifest.duration_s;
    const roles = [...this.root.querySelectorAll('[data-playback-person]')].map((place) => {
      const element = /** @type {HTMLElement} */ (place);
      const role = element.dataset.playbackPerson ?? '';
      const segments = manifest.segments.filter((segment) => segment.role === role);
      this.#tracks.push(
        new Track(element, segments, options.address, {
          label: element.dataset.label ?? role,
          failed: (error) => this.#failTrack(error),
        }),
      );
      return role;
    });
    const wave = this.#part('wave');
    this.#wave = new Waveform(
      wave,
      {
        duration: this.duration,
        parts: manifest.parts,
        gaps: manifest.gaps,
        peaks: manifest.peaks,
        roles,
      },
      {
        part: (number) => (wave.dataset.part ?? '').replace('#', String(number)),
        seek: (second) => this.seek(second),
        move: options.move,
      },
    );
    this.#wave.setNotes(options.notes ?? []);
    wave.setAttribute('aria-valuemax', String(Math.round(this.duration)));
    this.#showAbsences(manifest.gaps);
    showTalk(this.#part('talk'), options.talk ?? []);
    this.#part('duration').textContent = clockWords(this.duration);
    this.#listen();
    this.root.classList.add('is-ready');
    this.seek(this.#firstPictures());
    this.#follow();
  }

  /** @param {import('./track.js').Gap[]} gaps said in words; a click goes there */
  #showAbsences(gaps) {
    const place = this.#part('absences');
    const merged = absences(gaps);
    place.hidden = merged.length === 0;
    const buttons = merged.map((gap) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'vv-playback__absence';
      const who = (gap.role === 'candidate' ? place.dataset.candidate : place.dataset.evaluator) ?? '';
      button.textContent = `${who} ${clockWords(gap.start_s)} – ${clockWords(gap.end_s)}`;
      button.addEventListener('click', () => this.seek(Math.max(0, gap.start_s - 2)));
      return button;
    });
    this.#part('absences-list').replaceChildren(...buttons);
  }

  #listen() {
    this.#part('play').addEventListener('click', () => this.toggle());
    this.#part('back').addEventListener('click', () => this.seek(this.#position - JUMP));
    this.#part('on').addEventListener('click', () => this.seek(this.#position + JUMP));
    const rate = /** @type {HTMLSelectElement} */ (this.#part('rate'));
    rate.addEventListener('change', () => {
      this.#rate = Number(rate.value);
    });
    this.#turn = (step) => {
      rate.selectedIndex = Math.max(0, Math.min(rate.options.length - 1, rate.selectedIndex + step));
      this.#rate = Number(rate.value);
    };
    document.addEventListener('keydown', this.#keys);
  }

  /** @param {KeyboardEvent} event */
  #keys = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest(KEEPS_KEYS) || event.shiftKey) return;
    if (event.key === ' ' && target.closest(PRESSED)) return;
    /** @type {Record<string, () => void>} */
    const acts = {
      '+': () => this.#turn(1),
      '-': () => this.#turn(-1),
      ' ': () => this.toggle(),
      ArrowLeft: () => this.seek(this.#position - JUMP),
      ArrowRight: () => this.seek(this.#position + JUMP),
    };
    /** @type {Record<string, () => void>} */
    const onWave = {
      ...acts,
      ArrowDown: acts.ArrowLeft,
      ArrowUp: acts.ArrowRight,
      Home: () => this.seek(0),
      End: () => this.seek(this.duration),
    };
    const act = (target === this.#part('wave') ? onWave : acts)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  /** Move time on, and everybody with it. */
  #step() {
    const now = performance.now();
    const late = this.#tracks.some((track) => track.late);
    const led = this.#leader()?.position ?? null;
    if (led !== null) this.#position = Math.max(this.#position - JUMP, led);
    else if (!late) this.#position += ((now - this.#stamp) / 1000) * this.#rate;
    this.#stamp = now;
    this.root.classList.toggle('is-waiting', late);
    if (this.#position >= this.duration) {
      this.#position = this.duration;
      this.pause();
    } else this.#follow(late);
    this.#tell();
  }

  #follow(late = false) {
    const leader = this.#leader();
    for (const track of this.#tracks) {
      // Whoever waits may go on waiting; the others stop for it.
      track.follow(this.#position, {
        playing: this.#playing && (!late || track.late),
        rate: this.#rate,
        leads: this.#playing && track === leader,
      });
    }
  }

  /** @returns {Track|undefined} the track that tells the time */
  #leader() {
    return this.#tracks.find((track) => track.position !== null);
  }

  #tell() {
    this.#wave?.moveTo(this.#position);
    const second = Math.floor(this.#position);
    if (second !== this.#told) {
      this.#told = second;
      this.#part('time').textContent = clockWords(second);
      const wave = this.#part('wave');
      wave.setAttribute('aria-valuenow', String(second));
      wave.setAttribute('aria-valuetext', clockWords(second));
    }
    this.emit('timeupdate', { second: this.#position });
  }

  #showState() {
    this.root.classList.toggle('is-playing', this.#playing);
    this.root.classList.toggle('is-waiting', false);
    const button = this.#part('play');
    const words = this.#playing ? button.dataset.pause : button.dataset.play;
    button.setAttribute('aria-label', words ?? '');
    button.title = words ?? '';
  }

  /** @param {MediaError|null} error null: the browser wants a click before it plays sound */
  #failTrack(error) {
    if (error) this.#fail(error.message || `media error ${error.code}`);
    else this.pause();
  }

  /** @param {string} why */
  #fail(why) {
    this.pause();
    this.root.classList.add('is-failed');
    this.#part('failure').hidden = false;
    this.emit('failed', { why });
  }

  /** @param {string} name @returns {HTMLElement} */
  #part(name) {
    return find(`[data-playback-${name}]`, HTMLElement, this.root);
  }
}

/**
 * Say how long each side spoke, a line and a bar for each part.
 *
 * @param {HTMLElement} place with the words in its data
 * @param {{part: number, role: string, seconds: number}[]} talk
 */
function showTalk(place, talk) {
  const parts = [...new Set(talk.map(({ part }) => part))].sort();
  place.hidden = parts.length === 0;
  const rows = parts.map((part) => {
    const spoken = (/** @type {string} */ role) => talk.find((row) => row.part === part && row.role === role)?.seconds ?? 0;
    const [candidate, evaluator] = [spoken('candidate'), spoken('evaluator')];
    const share = Math.round((100 * candidate) / (candidate + evaluator || 1));
    const percent = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' }).format(share / 100);
    const values = { part, candidate: clockWords(candidate), evaluator: clockWords(evaluator), share: percent };
    const row = document.createElement('li');
    const words = document.createElement('span');
    words.textContent = (place.dataset.line ?? '').replace(/\{(\w+)\}/g, (_, name) => String(values[/** @type {keyof typeof values} */ (name)]));
    const bar = document.createElement('span');
    bar.className = 'vv-playback__bar';
    const filled = document.createElement('span');
    filled.style.width = `${share}%`;
    bar.append(filled);
    row.append(words, bar);
    return row;
  });
  place.querySelector('[data-playback-talk-rows]')?.replaceChildren(...rows);
}
