/** This person's camera and microphone: opened once, shown everywhere, sent by the call. */
import { another, askFor, askForBoth, remember, remembered } from './devices.js';

/**
 * @typedef {import('./devices.js').Kind} Kind
 *
 * @typedef {object} Gear how one of the two does
 * @property {''|'gone'|'back'} state `gone`: it vanished; `back`: one works again since then
 * @property {string} label what works now
 * @property {boolean} several whether there is another choice: it stands until that is `settled`
 */

/** @type {readonly Kind[]} */
export const KINDS = ['audio', 'video'];
/** One that another program holds is asked for again so often: nothing tells when it is free. */
const AGAIN_MS = 3000;
/** The system silences for a moment when a headset changes. */
const MUTED_MS = 1500;
/** So long it is said that one works again, where there is nothing to choose. */
const SAID_MS = 15_000;

/** @returns {Gear} */
const working = () => ({ state: '', label: '', several: false });

/** Events: `change` (a track came, went or was silenced). */
export class LocalMedia extends EventTarget {
  stream = new MediaStream();
  muted = false;
  hidden = false;
  why = { video: '', audio: '' };
  /** @type {Record<Kind, Gear>} */ gear = { audio: working(), video: working() };
  /** @type {((track: MediaStreamTrack) => Promise<void>)|null} */ send = null;
  /** @type {Promise<void>|null} */ #opening = null;
  /** Whether the page wants them: once let go of, nothing that is plugged in is opened. */
  #wanted = false;
  /** @type {Set<Kind>} */ #searching = new Set();
  /** @type {Set<Kind>} taken away by the system, or by the device's own button */ #silenced = new Set();

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener('devicechange', () => {
      for (const kind of KINDS) if (this.gear[kind].state === 'gone') this.#search(kind);
    });
    setInterval(() => this.#look(), AGAIN_MS);
  }

  /** Ask again for what is missing, unless the person refuses it. */
  #look() {
    if (!this.#wanted || this.#opening) return;
    for (const kind of KINDS) if (this.gear[kind].state === 'gone' && this.why[kind] !== 'denied') this.#search(kind);
  }

  /** @returns {MediaStreamTrack|null} */
  get video() {
    return this.stream.getVideoTracks()[0] ?? null;
  }

  /** @returns {MediaStreamTrack|null} */
  get audio() {
    return this.stream.getAudioTracks()[0] ?? null;
  }

  /** @returns {Kind[]} which of the two the other side does without, as far as is known */
  get lacks() {
    if (!this.#wanted || this.#opening) return [];
    return KINDS.filter((kind) => this[kind]?.readyState !== 'live' || this.#silenced.has(kind));
  }

  #missing() {
    return KINDS.filter((kind) => this[kind]?.readyState !== 'live');
  }

  /**
   * Take tracks that are open already, as those of the equipment test.
   * @param {{video: MediaStreamTrack|null, audio: MediaStreamTrack|null}} tracks
   */
  adopt(tracks) {
    for (const track of [tracks.video, tracks.audio]) {
      if (track?.readyState === 'live') this.#put(track);
    }
  }

  /** Open whatever is not open yet. */
  async open() {
    this.#wanted = true;
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
      this.#look(); // another camera may be free where the first one is not
      this.#changed();
    });
    await this.#opening;
    return this.stream;
  }

  async #open() {
    if (this.#missing().length === 0) return;
    const opened = await askForBoth(remembered());
    for (const kind of KINDS) {
      const { track, why } = opened[kind];
      this.why[kind] = why;
      if (!track) {
        if (this[kind]?.readyState !== 'live') this.gear[kind] = { ...working(), state: 'gone' };
      } else if (this[kind]?.readyState === 'live' || !this.#wanted) track.stop();
      else this.#put(track);
    }
  }

  /**
   * Use another camera or microphone from now on.
   * @param {Kind} kind
   * @param {string} deviceId
   * @returns {Promise<boolean>} whether it could be opened
   */
  async choose(kind, deviceId) {
    const { track, why } = await askFor(kind, deviceId);
    this.why[kind] = why;
    if (!track) return false;
    remember(kind, deviceId);
    await this.#use(kind, track, false);
    return true;
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    this.#changed();
  }

  /** @param {boolean} hidden */
  hide(hidden) {
    this.hidden = hidden;
    this.#changed();
  }

  /** Let go of both. */
  close() {
    this.#wanted = false;
    for (const track of this.stream.getTracks()) {
      track.stop();
      this.stream.removeTrack(track);
    }
    for (const kind of KINDS) this.gear[kind] = working();
    this.#changed();
  }

  // -- one that vanishes ------------------------------------------------------------------

  /**
   * Unplugged, or taken away by the browser: say so, and put what is left in its place.
   * @param {MediaStreamTrack} track
   */
  #lost(track) {
    const kind = /** @type {Kind} */ (track.kind);
    if (track !== this[kind] || !this.#wanted) return;
    this.gear[kind] = { ...working(), state: 'gone' };
    this.#changed();
    this.#search(kind);
  }

  /** @param {Kind} kind */
  async #search(kind) {
    if (this.#searching.has(kind)) return;
    this.#searching.add(kind);
    const { track, why, several } = await another(kind, this[kind]?.getSettings().deviceId);
    this.#searching.delete(kind);
    if (!track) {
      if (this.why[kind] === why) return;
      this.why[kind] = why;
      this.#changed();
    } else if (this.#wanted && this.gear[kind].state === 'gone') await this.#use(kind, track, several);
    else track.stop();
  }

  /**
   * Send and show a track; where one had vanished, say for a while that one works again.
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   * @param {boolean} several
   */
  async #use(kind, track, several) {
    this.why[kind] = '';
    if (this.gear[kind].state === 'gone') {
      const gear = /** @type {Gear} */ ({ state: 'back', label: track.label, several });
      this.gear[kind] = gear;
      if (!several) setTimeout(() => this.#settle(kind, gear), SAID_MS);
    }
    track.enabled = kind === 'audio' ? !this.muted : !this.hidden;
    if (this.send) await this.send(track);
    this.#put(track);
  }

  /** The person chose another one, or goes on with the one that was taken. */
  settle() {
    for (const kind of KINDS) this.#settle(kind, this.gear[kind]);
  }

  /**
   * @param {Kind} kind
   * @param {Gear} gear as it was told
   */
  #settle(kind, gear) {
    if (this.gear[kind] !== gear || gear.state !== 'back') return;
    this.gear[kind] = working();
    this.#changed();
  }

  /** @param {MediaStreamTrack} track */
  #put(track) {
    this.#wanted = true;
    for (const old of this.stream.getTracks()) {
      if (old.kind !== track.kind || old === track) continue;
      this.stream.removeTrack(old);
      old.stop();
    }
    if (!this.stream.getTracks().includes(track)) this.stream.addTrack(track);
    track.onended = () => this.#lost(track);
    const kind = /** @type {Kind} */ (track.kind);
    this.#silenced.delete(kind);
    track.onmute = () => setTimeout(() => this.#silence(track, track.muted), MUTED_MS);
    track.onunmute = () => this.#silence(track, false);
    this.#changed();
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {boolean} silent
   */
  #silence(track, silent) {
    const kind = /** @type {Kind} */ (track.kind);
    if (track !== this[kind] || silent === this.#silenced.has(kind)) return;
    if (silent) this.#silenced.add(kind);
    else this.#silenced.delete(kind);
    this.#changed();
  }

  /** @param {Kind} kind @returns {boolean} whether the system or the device lets nothing through */
  silenced(kind) {
    return this.#wanted && this.#silenced.has(kind);
  }

  #changed() {
    if (this.audio) this.audio.enabled = !this.muted;
    if (this.video) this.video.enabled = !this.hidden;
    this.dispatchEvent(new Event('change'));
  }
}
