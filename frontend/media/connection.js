/**
 * One browser's connection to a room: complete offers (no trickle), reconnection, quality.
 *
 * Knows nothing of pages: whoever makes one gives it a local stream and a way to have an offer
 * answered, and listens to its events.
 */

import { Emitter } from '../base/events.js';
import { connected, fingerprint, firstFrame, flows, gathered, isMendable, limitBitrate } from './peer.js';
import { Marks, carried } from './quality.js';

/** What we ask a camera and a microphone for. */
export const CONSTRAINTS = {
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

const DISCONNECTED_MS = 500;
const FIRST_FRAME_MS = 1500;
/** A picture that froze needs no long goodbye. */
const FROZEN_MS = 400;
const QUALITY_MS = 2000;
/** The server reports on what we send twenty times a second: so long nothing, and it is gone. */
const LISTEN_MS = 500;
const SILENT_TIMES = 4;
/** More than reports alone: somebody's sound or picture. */
const MEDIA_BYTES_A_SECOND = 4000;
const BACKOFF_MS = [250, 500, 1000, 1500];

/**
 * @typedef {'idle'|'connecting'|'connected'|'reconnecting'|'refused'|'closed'} State
 *
 * @typedef {import('./quality.js').Quality} Quality
 *
 * @typedef {object} Options
 * @property {(offerSdp: string) => Promise<string>} negotiate has an offer answered by the
 *   server. It may throw; an error whose `fatal` is true ends the attempts.
 * @property {() => Promise<MediaStream|null>} [getLocalStream] asked once, and kept; null or
 *   absent: nothing is sent (an observer).
 * @property {() => RTCIceServer[]} [iceServers] asked before each attempt: credentials of a relay end
 * @property {number} [remotes] how many people are received: 1, or 2 for an observer
 * @property {() => number} [clock] the server's clock, in milliseconds since 1970
 */

/**
 * Events: `state`, `stream`, `quality`. The stream's id is the role of whoever is in it.
 * @extends {Emitter<{state: {state: State, attempt: number}, stream: {role: string, stream: MediaStream}, quality: Quality}>}
 */
export class RoomConnection extends Emitter {
  /** @type {RTCPeerConnection|null} */ #pc = null;
  /** @type {MediaStream|null} */ #local = null;
  /** @type {State} */ #state = 'idle';
  #attempt = 0;
  #generation = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #meter;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #listening;
  #trying = false;
  /** The connection that stands is dead: only a new one helps. */ #dead = false;
  /** The connection that stands has no place to send what there is now: only a new one helps. */
  #lacking = false;
  #heard = 0;
  #decrypted = 0;
  #listened = 0;
  #marks = new Marks();
  /** @type {Options} */ #options;
  #silences = 0;
  /** When the connection that stands was answered, by the server's clock. */ #answered = 0;
  /** When the attempt that runs was answered; 0: not yet. */ #answering = 0;
  /** The media server's last start that was heard of. */ #started = 0;
  #wake = () => this.hurry();
  #leave = () => this.#pc?.close();
  /** @param {PageTransitionEvent} event */
  #back = (event) => event.persisted && this.#again();

  /** @param {Options} options */
  constructor(options) {
    super();
    this.#options = options;
  }

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /** What is being sent; null before `connect` or for an observer. */
  get localStream() {
    return this.#local;
  }

  /**
   * The browser's own statistics of the connection that stands; null without one.
   * @returns {Promise<RTCStatsReport|null>}
   */
  async statistics() {
    return (await this.#pc?.getStats()) ?? null;
  }

  /**
   * Ask for the local stream and connect; keeps trying until `close`. Throws what
   * `getLocalStream` throws, and may then be called again.
   */
  async connect() {
    if (this.#state !== 'idle') return;
    this.#enter('connecting');
    try {
      this.#local = (await this.#options.getLocalStream?.()) ?? null;
    } catch (error) {
      if (this.state === 'connecting') this.#enter('idle');
      throw error;
    }
    if (this.state === 'closed') return;
    addEventListener('online', this.#wake);
    addEventListener('pagehide', this.#leave);
    addEventListener('pageshow', this.#back);
    this.#meter = setInterval(() => this.#measure(), QUALITY_MS);
    this.#listening = setInterval(() => this.#listen(), LISTEN_MS);
    await this.#try();
  }

  /** End for good. The local stream is left running: it belongs to the page. */
  close() {
    if (this.#state === 'closed') return;
    this.#stop('closed');
  }

  /**
   * Something came back (the network, the server): do not wait for the next attempt's time. An
   * attempt that was answered goes on; its very answer may be what tells that all is well again.
   */
  hurry() {
    setTimeout(() => {
      const waits = this.#state === 'reconnecting' || this.#state === 'connecting';
      // Before the first attempt the person is still asked for their camera.
      if (waits && this.#generation > 0 && !(this.#trying && this.#answering)) this.#try();
    });
  }

  /**
   * The media server started anew at `moment`: what was answered before is dead, whatever the
   * browser still thinks of it.
   * @param {number} moment milliseconds since 1970; NaN: it never told
   */
  restarted(moment) {
    if (!(moment > this.#started)) return;
    this.#started = moment;
    if (Math.max(this.#answered, this.#answering) >= moment || !this.#pc) return;
    this.#answering = 0;
    this.#dead = true;
    if (this.#state === 'connected') this.#again();
    else this.hurry();
  }

  /** @param {boolean} muted */
  setMuted(muted) {
    for (const track of this.#local?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  /** @param {boolean} on */
  setCamera(on) {
    for (const track of this.#local?.getVideoTracks() ?? []) track.enabled = on;
  }

  /**
   * Send another microphone or camera from now on; the call goes on without a break.
   * @param {MediaStreamTrack} track
   */
  async replaceTrack(track) {
    this.#local ??= new MediaStream();
    for (const old of this.#local.getTracks().filter(({ kind }) => kind === track.kind)) {
      track.enabled = old.enabled;
      this.#local.removeTrack(old);
      old.stop();
    }
    this.#local.addTrack(track);
    if (!this.#pc || (await this.#fit(this.#pc))) return;
    this.#lacking = true;
    this.#again();
  }

  /**
   * Have a connection send what there is now.
   * @param {RTCPeerConnection} pc
   * @returns {Promise<boolean>} whether it has a place for all of it
   */
  async #fit(pc) {
    let fits = true;
    for (const track of this.#local?.getTracks() ?? []) {
      const place = pc.getTransceivers().find(({ receiver }) => receiver.track.kind === track.kind);
      if (!place || place.sender.track === track) continue;
      if (place.direction.startsWith('send')) await place.sender.replaceTrack(track);
      else fits = false; // nothing was there to send at first
    }
    await limitBitrate(pc);
    return fits;
  }

  // -- attempts ---------------------------------------------------------------------------

  /** Try once: find another way for the connection that stands, or else make a new one. */
  async #try() {
    const generation = ++this.#generation;
    clearTimeout(this.#timer);
    this.#trying = true;
    this.#answering = 0;
    const given_up = () => generation !== this.#generation;
    try {
      if (this.#pc && isMendable(this.#pc) && !this.#dead && !this.#lacking) await this.#mend(this.#pc, given_up);
      else await this.#renew(given_up);
    } catch (error) {
      if (given_up()) return;
      this.#trying = false;
      if (error instanceof Error && 'fatal' in error && error.fatal) this.#stop('refused');
      else this.#again();
    }
  }

  /**
   * Find another way for the connection that stands (an ICE restart): keys, pictures and the
   * recording go on. Our addresses need not be known beforehand: our checks reveal them.
   * @param {RTCPeerConnection} pc
   * @param {() => boolean} given_up
   */
  async #mend(pc, given_up) {
    const known = fingerprint(pc.remoteDescription?.sdp ?? '');
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers: this.#options.iceServers?.() ?? [] });
    pc.restartIce();
    await pc.setLocalDescription();
    if (given_up()) return;
    const answer = await this.#options.negotiate(pc.localDescription?.sdp ?? '');
    if (given_up()) return;
    this.#answering = this.#options.clock?.() ?? 1;
    this.#dead = true; // unless it works
    if (fingerprint(answer) !== known) return this.#renew(given_up);
    await pc.setRemoteDescription({ type: 'answer', sdp: answer });
    await flows(pc);
    if (given_up()) return;
    this.#dead = false;
    this.#stands();
  }

  /** @param {() => boolean} given_up */
  async #renew(given_up) {
    const pc = new RTCPeerConnection({
      iceServers: this.#options.iceServers?.() ?? [],
      bundlePolicy: 'max-bundle',
      iceCandidatePoolSize: 0,
    });
    try {
      /** @type {Map<string, MediaStream>} */
      const streams = new Map();
      pc.addEventListener('track', (event) => {
        for (const stream of event.streams) streams.set(stream.id, stream);
      });
      this.#addSections(pc);
      await pc.setLocalDescription();
      await gathered(pc);
      if (given_up()) return pc.close();
      const answer = await this.#options.negotiate(pc.localDescription?.sdp ?? '');
      if (given_up()) return pc.close();
      this.#answering = this.#options.clock?.() ?? 1;
      await pc.setRemoteDescription({ type: 'answer', sdp: answer });
      await limitBitrate(pc);
      await connected(pc);
      if (given_up()) return pc.close();
      await this.#adopt(pc, streams, given_up);
    } catch (error) {
      pc.close();
      throw error;
    }
  }

  /** @param {RTCPeerConnection} pc */
  #addSections(pc) {
    const local = this.#local;
    for (const kind of ['audio', 'video']) {
      const track = local?.getTracks().find((sent) => sent.kind === kind);
      for (let index = 0; index < (this.#options.remotes ?? 1); index += 1) {
        const sends = index === 0 && local !== null;
        pc.addTransceiver(sends && track ? track : kind, {
          direction: sends ? 'sendrecv' : 'recvonly',
          streams: sends && local ? [local] : [],
        });
      }
    }
  }

  /**
   * Put a connection that stands in the place of the one before, once its picture has come.
   * @param {RTCPeerConnection} pc
   * @param {Map<string, MediaStream>} streams
   * @param {() => boolean} given_up
   */
  async #adopt(pc, streams, given_up) {
    const before = this.#pc;
    if (before) {
      await firstFrame(pc, before.connectionState === 'connected' ? FIRST_FRAME_MS : FROZEN_MS);
    }
    const fits = await this.#fit(pc); // a device may have been exchanged meanwhile
    if (given_up()) return pc.close();
    this.#pc = pc;
    this.#dead = false;
    this.#lacking = !fits;
    this.#heard = this.#decrypted = 0;
    this.#marks = new Marks();
    pc.addEventListener('connectionstatechange', () => this.#changed(pc));
    for (const [role, stream] of streams) {
      this.emit('stream', { role, stream });
    }
    before?.close();
    this.#stands();
    this.#changed(pc);
    if (!fits) this.#again();
  }

  #stands() {
    this.#trying = false;
    this.#answered = this.#answering;
    this.#attempt = this.#silences = 0;
    this.#enter('connected');
  }

  /** @param {RTCPeerConnection} pc */
  #changed(pc) {
    if (pc !== this.#pc || this.#state === 'closed') return;
    clearTimeout(this.#timer);
    if (pc.connectionState === 'connected') {
      this.#enter('connected');
    } else if (pc.connectionState === 'disconnected') {
      this.#timer = setTimeout(() => this.#again(), DISCONNECTED_MS);
    } else if (pc.connectionState === 'failed' || pc.connectionState === 'closed') {
      this.#again();
    }
  }

  #again() {
    if (this.#state === 'closed' || this.#state === 'refused') return;
    const first = this.#state === 'connected';
    const wait = first ? 0 : BACKOFF_MS[Math.min(this.#attempt, BACKOFF_MS.length - 1)];
    this.#attempt += first ? 0 : 1;
    this.#enter(this.#pc ? 'reconnecting' : 'connecting');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#try(), wait);
  }

  /** @param {'closed'|'refused'} state */
  #stop(state) {
    this.#generation += 1;
    clearTimeout(this.#timer);
    clearInterval(this.#meter);
    clearInterval(this.#listening);
    removeEventListener('online', this.#wake);
    removeEventListener('pagehide', this.#leave);
    removeEventListener('pageshow', this.#back);
    this.#pc?.close();
    this.#pc = null;
    this.#enter(state);
  }

  /** @param {State} state */
  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.emit('state', { state, attempt: this.#attempt });
  }

  /**
   * Notice that nothing comes any more long before ICE does, and that it comes again, when the
   * network was away for a moment only.
   */
  async #listen() {
    const pc = this.#pc;
    if (!pc) return;
    if (pc.connectionState === 'closed') {
      // The browser closed it by itself (lid, memory): there is no event for that.
      if (this.#state === 'connected') this.#again();
      return;
    }
    const { received: heard, decrypted } = carried(await pc.getStats());
    if (pc !== this.#pc) return;
    const passed = (performance.now() - this.#listened) / 1000;
    const garbled = heard - this.#heard > MEDIA_BYTES_A_SECOND * passed && decrypted === this.#decrypted;
    const more = heard > this.#heard && !garbled;
    this.#heard = heard;
    this.#decrypted = decrypted;
    this.#listened = performance.now();
    this.#silences = more || !this.#local ? 0 : this.#silences + 1;
    if (this.#silences === SILENT_TIMES && this.#state === 'connected') {
      this.#dead ||= garbled; // its keys are of no use: another way would not help
      this.#again();
    }
    if (more && this.#state === 'reconnecting' && !this.#trying && !this.#lacking) {
      if (pc.connectionState !== 'connected') return;
      clearTimeout(this.#timer);
      this.#attempt = 0;
      this.#enter('connected');
    }
  }

  // -- quality ----------------------------------------------------------------------------

  async #measure() {
    const pc = this.#pc;
    if (!pc || pc.connectionState === 'closed') return;
    const quality = this.#marks.read(await pc.getStats());
    if (pc !== this.#pc) return;
    this.emit('quality', quality);
  }
}
