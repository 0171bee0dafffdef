/**
 * The equipment test: browser, camera, microphone and sound, network; in well under a minute.
 *
 * What it learns goes to the server, which says what it means: the tiles then bear its words.
 */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { Emitter } from '../base/events.js';
import { ask } from '../base/http.js';
import { askFor, askForBoth, canCall, fill, meter, playTone, remember, remembered } from '../live/devices.js';
import { deviceName } from '../live/state.js';
import { probeNetwork } from '../media/probe.js';

const LISTEN_MS = 3000;
const LOUD = 0.05;

/** @typedef {'idle'|'busy'|'ready'|'fair'|'blocked'} TileState */
/** @typedef {import('../types/posted').EquipmentFacts} Facts */

/**
 * Events: `done`, `media` (the tracks changed).
 * @extends {Emitter<{done: {verdict: import('../types/shown').EquipmentVerdict}, media: void}>}
 */
export class EquipmentTest extends Emitter {
  /** @type {MediaStreamTrack|null} */ video = null;
  /** @type {MediaStreamTrack|null} */ audio = null;
  #root;
  #page;
  #why = { video: '', audio: '' };
  #level = 0;
  /** @type {boolean|null} */ #heard = null;
  /** @type {Facts['network']|null} */ #network = null;
  /** @type {(() => void)|null} */ #stopMeter = null;
  /** @type {AbortController|null} */ #running = null;
  /** @type {(() => void)|null} */ #answered = null;

  /**
   * @param {HTMLElement} root the [data-kit]
   * @param {import('../types/shown').EquipmentPage} page
   */
  constructor(root, page) {
    super();
    this.#root = root;
    this.#page = page;
    const run = find('[data-run]', HTMLButtonElement, root);
    run.addEventListener('click', () => this.run());
    run.disabled = false; // a press before would have been lost
    find('[data-tone]', HTMLElement, root).addEventListener('click', () => playTone());
    for (const button of root.querySelectorAll('[data-heard]')) {
      button.addEventListener('click', () => this.#answer(button.matches('[data-heard="yes"]')));
    }
    for (const select of root.querySelectorAll('[data-choice]')) {
      select.addEventListener('change', () => this.#choose(/** @type {HTMLSelectElement} */ (select)));
    }
  }

  /** Give the tracks away: the test no longer stops them. */
  release() {
    this.#stopMeter?.();
    this.#stopMeter = null;
    this.#running?.abort();
    const tracks = { video: this.video, audio: this.audio };
    this.video = this.audio = null;
    return tracks;
  }

  /** Test everything; a second press while it runs changes nothing. */
  async run() {
    if (this.#running) return;
    this.#running = new AbortController();
    const button = find('[data-run]', HTMLButtonElement, this.#root);
    button.setAttribute('aria-disabled', 'true');
    this.#verdict('running');
    try {
      await this.#test(this.#running.signal);
    } catch {
      if (!this.#running?.signal.aborted) this.#verdict('failed');
    } finally {
      button.removeAttribute('aria-disabled');
      this.#running = null;
    }
  }

  /** @param {AbortSignal} signal */
  async #test(signal) {
    for (const key of ['browser', 'camera', 'microphone', 'network']) this.#tile(key, 'busy');
    this.#heard = null;
    this.#network = null;
    this.#level = 0;
    if (!canCall() || this.#page.phone) {
      await this.#finish();
      return;
    }
    this.#tile('browser', 'busy');
    this.#tile('camera', 'busy', say('asking'));
    this.#tile('microphone', 'busy', say('asking'));
    await this.#open();
    const listened = this.#listen();
    const network = this.#probe(signal);
    await Promise.all([listened, network]);
    // Not answered yet: leave a moment, then keep the result; an answer later corrects it.
    if (this.#heard === null && this.audio) await this.#waitForAnswer(LISTEN_MS);
    signal.throwIfAborted();
    await this.#finish();
  }

  async #open() {
    if (this.video?.readyState !== 'live' || this.audio?.readyState !== 'live') {
      this.video?.stop();
      this.audio?.stop();
      const opened = await askForBoth(remembered());
      this.video = opened.video.track;
      this.audio = opened.audio.track;
      this.#why = { video: opened.video.why, audio: opened.audio.why };
    }
    await this.#show();
  }

  async #show() {
    const preview = find('[data-preview]', HTMLVideoElement, this.#root);
    preview.srcObject = this.video ? new MediaStream([this.video]) : null;
    preview.play().catch(() => {});
    find('.vv-kit-preview', HTMLElement, this.#root).toggleAttribute('data-on', this.video !== null);
    const camera = find('[data-choice="video"]', HTMLSelectElement, this.#root);
    const microphone = find('[data-choice="audio"]', HTMLSelectElement, this.#root);
    await fill(camera, 'video', this.video, say('camera'));
    await fill(microphone, 'audio', this.audio, say('microphone'));
    this.#meter();
    if (this.video) this.#tile('camera', 'busy', say('looking'));
    this.emit('media');
  }

  #meter() {
    this.#stopMeter?.();
    this.#stopMeter = null;
    if (!this.audio) return;
    const bar = [...find('[data-level]', HTMLElement, this.#root).children];
    this.#stopMeter = meter(this.audio, (level) => {
      this.#level = Math.max(this.#level, level);
      // In decibels, as one hears: from -50 dB (empty) to 0 (full).
      const share = level > 0 ? 1 + (20 * Math.log10(level)) / 50 : 0;
      for (const [index, light] of bar.entries()) {
        light.toggleAttribute('data-lit', index < share * bar.length);
      }
      const tile = find('[data-tile="microphone"]', HTMLElement, this.#root);
      if (tile.dataset.state === 'busy' && this.#level > LOUD) {
        write(find('[data-words]', HTMLElement, tile), say('heard_you'));
      }
    });
  }

  async #listen() {
    if (!this.audio) return;
    this.#tile('microphone', 'busy', say('speak'));
    find('[data-sound]', HTMLElement, this.#root).hidden = false;
    write(find('[data-sound-words]', HTMLElement, this.#root), say('listen'));
    await playTone().catch(() => {});
  }

  /** @param {AbortSignal} signal */
  async #probe(signal) {
    const tile = find('[data-tile="network"]', HTMLElement, this.#root);
    const progress = find('[data-progress]', HTMLProgressElement, tile);
    const tracks = [this.audio, this.video].filter((track) => track !== null);
    if (tracks.length === 0) return;
    progress.hidden = false;
    this.#tile('network', 'busy', say('measuring'));
    try {
      const result = await probeNetwork({
        stream: new MediaStream(tracks),
        iceServers: this.#page.ice,
        signal,
        progress: (share) => {
          progress.value = share;
        },
        negotiate: async (sdp) => {
          /** @type {import('../types/posted').Offer} */
          const json = { sdp, device: await deviceName() };
          /** @type {import('../types/shown').Answered} */
          const answer = await ask(`${this.#page.equipment}/probe`, { method: 'POST', json });
          return answer.sdp;
        },
      });
      this.#network = {
        connected: true,
        rtt_ms: result.rttMs,
        loss: result.lossPercent / 100,
        kbps: Math.min(result.upKbps, 10_000_000),
      };
      const figures = find('[data-figures]', HTMLElement, tile);
      figures.textContent = [
        `${say('round_trip')} ${result.rttMs} ms`,
        `${say('lost')} ${result.lossPercent}\u00a0%`,
        `${say('sent')} ${result.upKbps} kbit/s`,
      ].join(' · ');
      figures.hidden = false;
    } catch {
      signal.throwIfAborted();
      this.#network = { connected: false };
    } finally {
      progress.value = 0;
      progress.hidden = true;
    }
  }

  /** @param {number} most milliseconds */
  #waitForAnswer(most) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most);
      this.#answered = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /** @param {boolean} heard */
  #answer(heard) {
    this.#heard = heard;
    for (const button of this.#root.querySelectorAll('[data-heard]')) {
      button.setAttribute('aria-pressed', String(button.matches('[data-heard="yes"]') === heard));
    }
    this.#answered?.();
    if (!this.#running && this.#network) this.#finish().catch(() => this.#verdict('failed'));
  }

  /** @param {HTMLSelectElement} select */
  async #choose(select) {
    const kind = /** @type {'video'|'audio'} */ (select.dataset.choice);
    const { track } = await askFor(kind, select.value);
    if (track) {
      remember(kind, select.value);
      this[kind]?.stop();
      this[kind] = track;
      this.#why[kind] = '';
      if (kind === 'audio') this.#level = 0;
    }
    await this.#show();
    if (this.#running || !this.#network) return;
    if (kind === 'audio') await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
    await this.#finish().catch(() => this.#verdict('failed'));
  }

  /** @returns {Facts} */
  #facts() {
    const size = this.video?.getSettings() ?? {};
    return {
      browser: {
        ...browser(),
        usable: canCall(),
        phone: this.#page.phone || smallTouch(),
      },
      camera: {
        found: this.video !== null,
        label: (this.video?.label ?? '').slice(0, 200),
        width: size.width ?? 0,
        height: size.height ?? 0,
        why: this.#why.video,
      },
      microphone: {
        found: this.audio !== null,
        label: (this.audio?.label ?? '').slice(0, 200),
        level: Math.round(this.#level * 1000) / 1000,
        why: this.#why.audio,
      },
      sound: { heard: this.#heard },
      network: this.#network ?? { connected: false },
    };
  }

  async #finish() {
    const json = this.#facts();
    /** @type {import('../types/shown').EquipmentAnswer} */
    const { verdict, parts } = await ask(this.#page.equipment, {
      method: 'POST',
      json,
      offline: say('offline'),
    });
    /** @type {Record<string, {state: TileState, words: string}>} */
    const said = Object.fromEntries(
      parts.map((tile) => [tile.part, { state: tile.state, words: tile.words }]),
    );
    for (const key of ['browser', 'camera', 'network']) {
      this.#tile(key, said[key].state, said[key].words);
    }
    // One tile for both: the microphone's words, then the sound's when there is something to do.
    const both = worst(said.microphone.state, said.sound.state);
    this.#tile('microphone', both, said.microphone.words);
    write(find('[data-sound-words]', HTMLElement, this.#root), said.sound.words);
    // What was not measured is neither in order nor at fault.
    if (!this.#network) this.#tile('network', 'idle', said.network.words);
    this.#showHow();
    // An answer that is awaited is nothing to improve.
    const others = parts.filter(({ part }) => part !== 'sound');
    const asks = this.#heard === null && others.every(({ state }) => state === 'ready');
    if (asks) this.#tile('microphone', 'busy');
    this.#verdict(asks ? 'unsaid' : `all_${verdict}`, asks ? '' : verdict);
    this.#leadOn(verdict !== 'blocked');
    this.emit('done', { verdict });
  }

  /**
   * What leads on comes first once nothing keeps one from going on, and the test until then.
   * @param {boolean} ready
   */
  #leadOn(ready) {
    const run = find('[data-run]', HTMLButtonElement, this.#root);
    const next = this.#root.querySelector('[data-next]');
    run.classList.toggle('btn-primary', !ready);
    next?.classList.toggle('btn-primary', ready);
    if (next && ready) run.before(next);
    else if (next) run.after(next);
  }

  /** Show where this browser lets a camera or microphone that was refused be allowed. */
  #showHow() {
    const place = find('[data-refused]', HTMLElement, this.#root);
    place.hidden = !Object.values(this.#why).includes('denied');
    for (const way of place.querySelectorAll('[data-how]')) {
      way.toggleAttribute('hidden', way.getAttribute('data-how') !== settingsOf(browser()));
    }
  }

  /**
   * @param {string} key
   * @param {TileState} state
   * @param {string} [words]
   */
  #tile(key, state, words) {
    const tile = find(`[data-tile="${key}"]`, HTMLElement, this.#root);
    tile.dataset.state = state;
    write(find('[data-word]', HTMLElement, tile), say(state));
    if (words) write(find('[data-words]', HTMLElement, tile), words);
  }

  /**
   * @param {string} key
   * @param {string} [state]
   */
  #verdict(key, state = '') {
    const place = find('[data-verdict]', HTMLElement, this.#root);
    place.dataset.state = state;
    write(place, say(key));
  }
}

/**
 * @param {TileState[]} states
 * @returns {TileState}
 */
function worst(...states) {
  if (states.includes('blocked')) return 'blocked';
  return states.includes('fair') ? 'fair' : 'ready';
}

/** @returns {boolean} a small touch screen without a mouse: a phone, whatever it says it is */
const smallTouch = () =>
  matchMedia('(hover: none) and (pointer: coarse)').matches &&
  Math.min(screen.width, screen.height) < 500;

/**
 * @param {{name: string, system: string}} shown
 * @returns {string} whose way to a site's settings is shown; an iPad may say that it is a Mac
 */
function settingsOf({ name, system }) {
  if (name === 'Firefox') return 'firefox';
  if (name !== 'Safari') return 'chrome';
  return system === 'iPad' || navigator.maxTouchPoints > 1 ? 'ipad' : 'safari';
}

/** @returns {{name: string, version: string, system: string}} what shows the page, in words */
function browser() {
  const agent = navigator.userAgent;
  /** @type {[string, RegExp][]} */
  const browsers = [
    ['Edge', /Edg\/([\d]+)/],
    ['Firefox', /Firefox\/([\d]+)/],
    ['Chrome', /Chrome\/([\d]+)/],
    ['Safari', /Version\/([\d.]+).*Safari/],
  ];
  /** @type {[string, RegExp][]} */
  const systems = [
    ['iPad', /iPad/],
    ['iPhone', /iPhone/],
    ['Android', /Android/],
    ['Windows', /Windows/],
    ['macOS', /Mac OS X/],
    ['ChromeOS', /CrOS/],
    ['Linux', /Linux/],
  ];
  const [name = '', version] = browsers.find(([, pattern]) => pattern.test(agent)) ?? [];
  const [system = ''] = systems.find(([, pattern]) => pattern.test(agent)) ?? [];
  return { name, version: (version && agent.match(version)?.[1]) ?? '', system };
}
