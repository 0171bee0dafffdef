/**
 * The state of an oral as the server tells it: watched, fetched, kept fresh, acted upon.
 *
 * Both people's pages use it. The server decides everything; a page draws from `state` and moves
 * its timers with `elapsed` and `now` between two answers. See `rooms/snapshot.py` for the shape.
 */
import { Emitter } from '../base/events.js';
import { ask, RequestError, tell } from '../base/http.js';
import { watch } from './socket.js';

const RETRY_MS = 700;
const LOOK_MS = 5000;
const SEND_MS = 60_000;
/** So long a page that is left may still hold its name; on a busy computer it goes slowly. */
const LEFT_MS = 4000;
/** So long a call that was left is kept for the page that left it, which may only be loaded again. */
const RETURN_MS = 4000;

/** @typedef {import('../types/shown').Relay} Relay */
/** @typedef {import('./devices.js').Kind} Kind */
/** @typedef {import('../types/posted').OralAct} OralAct */
/** @typedef {import('../types/posted').Offer} Offer */
/** @typedef {(import('../types/shown').EvaluatorState | import('../types/shown').CandidateState | import('../types/shown').ObserverState) & Relay} OralState */

/**
 * What is said with an act beside the device: may be left out where nothing must be said.
 * @template Body
 * @typedef {{} extends Omit<Body, 'device'> ? [said?: Omit<Body, 'device'>] : [said: Omit<Body, 'device'>]} Said
 */

/** @type {Promise<string>|null} */ let naming = null;

/**
 * The random name that this tab keeps: a reload is the same device, another tab is another one, a
 * duplicated tab too, although the browser copies to it what the first one kept.
 * @returns {Promise<string>}
 */
export function deviceName() {
  naming ??= nameDevice();
  return naming;
}

async function nameDevice() {
  const fresh = () => crypto.getRandomValues(new Uint32Array(4)).join('-');
  try {
    const known = sessionStorage.getItem('vv-device');
    const name = known && (await isOurs(known, AbortSignal.timeout(LEFT_MS))) ? known : fresh();
    sessionStorage.setItem('vv-device', name);
    if (name !== known) await isOurs(name); // nobody else has it: however long that takes
    return name;
  } catch {
    return fresh();
  }
}

/**
 * Take a name for as long as this page lives; a reload waits for the page before it to be gone.
 * @param {string} name
 * @param {AbortSignal} [signal] when to wait no longer
 * @returns {Promise<boolean>} false: another tab has it
 */
function isOurs(name, signal) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = navigator.locks.request(`vv-device:${name}`, { signal }, () => {
      resolve(true);
      return new Promise(() => {});
    });
    held.catch(() => resolve(false));
  });
}

/**
 * Events: `state`, `link` (whether the server is reached).
 * @template {OralState} [State=OralState]
 * @template {{leave: OralAct, offer: Offer}} [Acts=import('../types/posted').ObserverActs]
 * @extends {Emitter<{state: State, link: boolean}>}
 */
export class OralClient extends Emitter {
  /** @type {State} */ #state;
  #at = performance.now();
  #base;
  #beatMs;
  #offline;
  #linked = true;
  #signedOut = false;
  #closed = false;
  #held = false;
  #known = false;
  #aside = false;
  /** Whether the server told that another tab or device has the call, knowing which one this is. */
  #told = false;
  /** @type {number|null} since when nobody has it */ #free = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  /** @type {import('./socket.js').LiveSocket|undefined} */ #socket;
  /** @type {Promise<void>|null} */ #asking = null;
  #again = false;
  /** @type {number|null} */ #stillSince = null;

  /**
   * @param {object} options
   * @param {string} options.base `/candidate/oral/12/` or `/evaluator/interviews/12/`
   * @param {State} options.state the one that came with the page
   * @param {number} options.beat_s from one sign of life to the next, as the page was told
   * @param {string} options.device as `deviceName` gives it
   * @param {string} [options.offline] what to say when the server cannot be reached
   */
  constructor({ base, state, beat_s, device, offline = '' }) {
    super();
    this.#base = base;
    this.#beatMs = beat_s * 1000;
    this.#state = state;
    // The page came without knowing which device it is: if one is there, it may be this one.
    this.#aside = 'device' in state && state.device.other;
    this.#offline = offline;
    this.device = device;
  }

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /**
   * Whether another tab or device of this person holds the call. One that lost it stays aside until
   * it is asked for again; one that never had it comes in by itself once the first one is gone:
   * after a crash there is nothing to choose.
   * @returns {boolean}
   */
  get aside() {
    return this.#aside;
  }

  /** @returns {boolean} whether the server has told since the page came */
  get known() {
    return this.#known;
  }

  /** @returns {boolean} whether the last request reached the server */
  get linked() {
    return this.#linked;
  }

  /** @returns {boolean} whether the last answer was that nobody is signed in here any more */
  get signedOut() {
    return this.#signedOut;
  }

  /** @returns {number} the server's clock now, in milliseconds since 1970 */
  now() {
    return Date.parse(this.#state.now) + (performance.now() - this.#at);
  }

  /**
   * @param {{elapsed_s: number, running: boolean, paused: boolean}} part
   * @returns {number} seconds; it stands still while the part is paused
   */
  elapsed(part) {
    const moves = part.running && !part.paused;
    const now = this.#stillSince ?? performance.now();
    return part.elapsed_s + (moves ? Math.max(0, now - this.#at) / 1000 : 0);
  }

  /**
   * Let the timers stand still, as they do at the server, while this browser's call is cut: a page
   * without a network is not told.
   * @param {boolean} still
   */
  stand(still) {
    this.#stillSince = still ? (this.#stillSince ?? performance.now()) : null;
  }

  /** Watch until `stop`, and look with every beat; see `beats`. */
  start() {
    const topic = `interview:${this.#state.interview}`;
    const look = () => this.refresh();
    const options = { reconnectionDelay: 300, reconnectionDelayMax: 1500, timeout: LOOK_MS };
    this.#socket = watch(topic, { changed: look, connected: look }, options);
    addEventListener('online', this.#hurry);
    document.addEventListener('visibilitychange', this.#hurry);
    this.#tick();
  }

  /** End for good. */
  stop() {
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener('online', this.#hurry);
    document.removeEventListener('visibilitychange', this.#hurry);
    this.#socket?.close();
  }

  /**
   * Say with every beat that this browser is there, or only look.
   * @param {boolean} on
   */
  beats(on) {
    this.#beats = on;
  }

  /**
   * Say with each beat, and now if it is new, which of camera and microphone do not work here.
   * @param {Kind[]} lacks
   */
  report(lacks) {
    if (lacks.join() === this.#lacks.join()) return;
    this.#lacks = lacks;
    if (this.#beats) this.#tick();
  }

  #beats = false;
  /** @type {Kind[]} */ #lacks = [];
  #hurry = () => {
    if (!document.hidden && navigator.onLine) this.#tick();
  };

  async #tick() {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    try {
      if (this.#beats) await this.#beat();
      else await this.refresh();
    } catch {
      // said by the `link` event, or by the state that comes next
    }
    if (this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tick(), this.#linked ? this.#beatMs : RETRY_MS);
  }

  #beat() {
    /** @type {import('../types/posted').Beat} */
    const beat = { device: this.device, lacks: this.#lacks };
    return this.#post('heartbeat', beat, LOOK_MS);
  }

  /** Ask for the state; asked again meanwhile, it is asked once more afterwards. */
  async refresh() {
    if (this.#asking) {
      this.#again = true;
      return this.#asking;
    }
    this.#asking = this.#fetch();
    try {
      await this.#asking;
    } finally {
      this.#asking = null;
      if (this.#again && !this.#closed) {
        this.#again = false;
        this.refresh();
      }
    }
  }

  async #fetch() {
    try {
      this.take(await this.#ask(`state?device=${encodeURIComponent(this.device)}`, { patience: LOOK_MS }));
    } catch {
      // said by the `link` event
    }
  }

  /**
   * Do `name` (the end of an address) and take the state that it answers.
   * @template {keyof Acts & string} Name
   * @param {Name} name
   * @param {Said<Acts[Name]>} said
   * @returns {Promise<State>}
   */
  act(name, ...[said]) {
    return this.#post(name, { ...said, device: this.device });
  }

  /**
   * @param {string} name
   * @param {OralAct} json
   * @param {number} [patience] milliseconds to wait for the answer
   * @returns {Promise<State>}
   */
  async #post(name, json, patience) {
    /** @type {State} */
    const state = await this.#ask(name, { method: 'POST', json, patience });
    if ('revision' in state) this.take(state);
    return state;
  }

  /**
   * Send something that is not JSON, as the still of a document.
   * @param {string} name
   * @param {Blob} blob
   */
  async send(name, blob) {
    const address = `${name}?device=${encodeURIComponent(this.device)}`;
    const headers = { 'Content-Type': blob.type };
    this.take(await this.#ask(address, { method: 'POST', body: blob, headers, patience: SEND_MS }));
  }

  /**
   * Have an offer answered; for `RoomConnection`.
   * @param {string} sdp
   * @returns {Promise<string>}
   */
  async negotiate(sdp) {
    /** @type {Offer} */
    const json = { sdp, device: this.device };
    /** @type {import('../types/shown').Answered} */
    const answer = await this.#ask('offer', { method: 'POST', json });
    return answer.sdp;
  }

  /** The page goes away: say so, without waiting for an answer. */
  leave() {
    /** @type {OralAct} */
    const json = { device: this.device };
    tell(`${this.#base}leave`, json);
  }

  /**
   * @template T
   * @param {string} name
   * @param {Parameters<typeof ask>[1]} [options]
   * @returns {Promise<T>}
   */
  async #ask(name, options) {
    try {
      /** @type {T} */
      const answer = await ask(this.#base + name, { ...options, offline: this.#offline });
      this.#signedOut = false;
      this.#link(true);
      return answer;
    } catch (error) {
      this.#signedOut = error instanceof RequestError && [401, 403].includes(error.status);
      this.#link(!(error instanceof RequestError && (error.status === 0 || error.status >= 502)));
      throw error;
    }
  }

  /** @param {boolean} linked */
  #link(linked) {
    if (linked === this.#linked) return;
    this.#linked = linked;
    // A socket from before the cut may be dead without knowing it, or wait for its next attempt.
    if (linked) this.#socket?.disconnect().connect();
    this.emit('link', linked);
  }

  /**
   * Tell whether whoever had the call went a moment ago: a page that is loaded again goes first, and
   * comes back. Until then nobody else comes in by itself.
   * @param {boolean} mine
   * @param {boolean} other
   */
  #isReturning(mine, other) {
    this.#free = mine || other || !this.#told ? null : (this.#free ?? performance.now());
    if (this.#free === null) return false;
    const left = this.#free + RETURN_MS - performance.now();
    if (left > 0) setTimeout(() => this.refresh(), left);
    return left > 0;
  }

  /** @param {State} state an answer; one that is older than what we know is dropped */
  take(state) {
    if (Date.parse(state.now) < Date.parse(this.#state.now)) return;
    this.#state = state;
    this.#at = performance.now();
    // An observer's state knows no devices.
    const { mine, other } = 'device' in state ? state.device : { mine: true, other: false };
    this.#known = true;
    this.#held ||= mine;
    this.#told = other || (this.#told && !mine);
    this.#aside = other || this.#isReturning(mine, other) || (this.#aside && this.#held && !mine);
    this.emit('state', state);
  }
}
