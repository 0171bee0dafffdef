/** This person's camera and microphone: opened once, shown everywhere, sent by the call. */
import { askFor, askForBoth, remember, remembered } from '../live/devices.js';

/** Events: `change` (a track came, went or was silenced). */
export class LocalMedia extends EventTarget {
  stream = new MediaStream();
  muted = false;
  hidden = false;
  why = { video: '', audio: '' };
  /** @type {((track: MediaStreamTrack) => Promise<void>)|null} */ send = null;
  /** @type {Promise<void>|null} */ #opening = null;

  /** @returns {MediaStreamTrack|null} */
  get video() {
    return this.stream.getVideoTracks()[0] ?? null;
  }

  /** @returns {MediaStreamTrack|null} */
  get audio() {
    return this.stream.getAudioTracks()[0] ?? null;
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
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    await this.#opening;
    return this.stream;
  }

  async #open() {
    const live = (/** @type {MediaStreamTrack|null} */ track) => track?.readyState === 'live';
    if (live(this.video) && live(this.audio)) return;
    const found = await askForBoth(remembered());
    for (const kind of /** @type {const} */ (['video', 'audio'])) {
      const { track, why } = found[kind];
      this.why[kind] = why;
      if (!track) continue;
      if (live(this[kind])) track.stop();
      else this.#put(track);
    }
    this.#changed();
  }

  /**
   * Use another camera or microphone from now on.
   * @param {'video'|'audio'} kind
   * @param {string} deviceId
   * @returns {Promise<boolean>} whether it could be opened
   */
  async choose(kind, deviceId) {
    const { track, why } = await askFor(kind, deviceId);
    this.why[kind] = why;
    if (!track) return false;
    remember(kind, deviceId);
    if (this.send) await this.send(track);
    this.#put(track);
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
    for (const track of this.stream.getTracks()) {
      track.stop();
      this.stream.removeTrack(track);
    }
    this.#changed();
  }

  /** @param {MediaStreamTrack} track */
  #put(track) {
    for (const old of this.stream.getTracks()) {
      if (old.kind !== track.kind || old === track) continue;
      this.stream.removeTrack(old);
      old.stop();
    }
    if (!this.stream.getTracks().includes(track)) this.stream.addTrack(track);
    // Unplugged in the middle: whatever is there now takes its place.
    track.onended = () => this.open();
    this.#changed();
  }

  #changed() {
    if (this.audio) this.audio.enabled = !this.muted;
    if (this.video) this.video.enabled = !this.hidden;
    this.dispatchEvent(new Event('change'));
  }
}
