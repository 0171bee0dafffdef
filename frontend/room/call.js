/** The call: the evaluator's picture, our own, the buttons, and what to say when it breaks. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { remembered } from '../base/remembered.js';
import { RoomConnection } from '../media/connection.js';

const SLOW_MS = 1500;
/** A call that takes longer to begin: what may help is said. */
const LATE_MS = 20_000;

export class Call {
  #client;
  #local;
  #ice;
  /** @type {RoomConnection|null} */ #connection = null;
  #since = 0;
  #met = false;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #timer;
  #remote = find('[data-remote-video]', HTMLVideoElement);
  #self = find('[data-self-video]', HTMLVideoElement);
  #play = find('[data-play]');
  #unseen = remembered('viva.self-hidden');

  /**
   * @param {import('./client.js').CandidateClient} client
   * @param {import('../live/local.js').LocalMedia} local
   * @param {RTCIceServer[]} ice
   */
  constructor(client, local, ice) {
    this.#client = client;
    this.#local = local;
    this.#ice = ice;
    local.addEventListener('change', () => this.#drawSelf());
    client.on('link', (linked) => {
      if (linked) this.#connection?.hurry();
    });
    find('[data-mute]').addEventListener('click', () => local.mute(!local.muted));
    find('[data-camera]').addEventListener('click', () => local.hide(!local.hidden));
    this.#play.addEventListener('click', () => this.#playRemote());
    find('[data-self-hide]').addEventListener('click', () => this.#seeSelf(false));
    find('[data-self-show]').addEventListener('click', () => this.#seeSelf(true));
    this.#seeSelf(!this.#unseen.on);
  }

  /**
   * Show one's own picture, or not: some people speak more freely. The identity needs it always.
   * @param {boolean} seen
   */
  #seeSelf(seen) {
    this.#unseen.on = !seen;
    find('[data-self-frame]').toggleAttribute('data-unseen', !seen);
    find('[data-self-show]').hidden = seen;
  }

  /** Whether a call that stood is cut, and comes back by itself. */
  get cut() {
    return this.#connection?.state === 'reconnecting';
  }

  /** Connect, unless one stands or is on its way; the local stream is opened if it is not. */
  start() {
    this.#connection ??= this.#made();
    if (this.#connection.state !== 'idle') return;
    this.#since = performance.now();
    // What the browser refuses the page says elsewhere; it is asked for again when next drawn.
    this.#connection.connect().catch(() => {});
  }

  #made() {
    const connection = new RoomConnection({
      iceServers: () => this.#client.state.ice ?? this.#ice,
      negotiate: (sdp) => this.#client.negotiate(sdp),
      getLocalStream: () => this.#local.open(),
      clock: () => this.#client.now(),
    });
    this.#local.send = (track) => connection.replaceTrack(track);
    connection.on('state', () => {
      if (connection.state !== 'connected') this.#since = performance.now();
      this.#client.stand(this.cut);
      this.#trouble();
    });
    connection.on('stream', ({ role, stream }) => {
      if (role !== 'evaluator') return;
      this.#remote.srcObject = stream;
      this.#playRemote();
    });
    connection.on('quality', (quality) => this.#bars(quality));
    this.#timer = setInterval(() => this.#trouble(), 500);
    this.#drawSelf();
    return connection;
  }

  /** Hang up; the camera stays the page's own. */
  stop() {
    clearInterval(this.#timer);
    this.#connection?.close();
    this.#connection = null;
    this.#local.send = null;
    this.#remote.srcObject = null;
  }

  /** @param {{media_up: boolean}} evaluator */
  draw(evaluator) {
    this.start();
    if (evaluator.media_up) this.#met = true;
    this.#connection?.restarted(Date.parse(this.#client.state.media_since ?? ''));
    this.#trouble();
  }

  async #playRemote() {
    try {
      await this.#remote.play();
      this.#play.hidden = true;
    } catch (error) {
      // Refused until somebody presses something; interrupted by a new stream: nothing to say.
      this.#play.hidden = !(error instanceof DOMException && error.name === 'NotAllowedError');
    }
  }

  #drawSelf() {
    const { stream, muted, hidden, video } = this.#local;
    if (this.#self.srcObject !== stream) this.#self.srcObject = stream;
    this.#self.play().catch(() => {});
    find('[data-mute]').setAttribute('aria-pressed', String(muted));
    find('[data-camera]').setAttribute('aria-pressed', String(hidden));
    const off = find('[data-off]');
    const words = [
      ...(video ? [] : [say('no_camera')]),
      ...(hidden && video ? [say('camera_off')] : []),
      ...(muted ? [say('microphone_off')] : []),
    ];
    off.hidden = words.length === 0;
    write(off, words.join(' · '));
  }

  /** Say what is broken, and for how long; nothing is asked of the person. */
  #trouble() {
    const state = this.#connection?.state ?? 'closed';
    const { state: stage, candidate, evaluator, parts, pause } = this.#client.state;
    const seconds = Math.floor((performance.now() - this.#since) / 1000);
    let title = '';
    let time = '';
    let next = '';
    if (state === 'refused') {
      title = say('refused');
      next = say('refused_next');
    } else if (state === 'reconnecting' && performance.now() - this.#since > SLOW_MS) {
      title = say('reconnecting');
      time = say('reconnecting_time', { num: seconds });
      next = stage === 'running' ? say(pause.over ? 'away_long' : 'reconnecting_next') : '';
    } else if (state === 'connecting') {
      title = say('connecting');
      if (performance.now() - this.#since > LATE_MS) next = say('connecting_next');
    } else if (state === 'connected' && !evaluator.media_up) {
      const paused = parts.some((part) => part.paused);
      title = this.#met ? say('evaluator_gone') : say('connecting');
      if (this.#met && !candidate.media_up) title = say('video_gone');
      if (paused) next = say('evaluator_gone_next');
      else if (pause.over) next = say('away_long');
    }
    const place = find('[data-trouble]');
    place.hidden = !title;
    find('[data-remote]').toggleAttribute('data-lost', Boolean(title));
    write(find('[data-trouble-title]'), title);
    // The seconds that pass are seen, not read aloud each time.
    write(find('[data-trouble-time]'), time);
    write(find('[data-trouble-next]'), next);
  }

  /** @param {import('../media/quality.js').Quality} quality */
  #bars(quality) {
    const place = find('[data-bars]');
    // Nothing comes while the evaluator is away: that says nothing of our own connection.
    const bars = quality.bars === 0 && !this.#client.state.evaluator.media_up ? 4 : quality.bars;
    place.dataset.bars = String(bars);
    write(find('[data-bars-words]'), say(`bars_${bars}`));
  }
}
