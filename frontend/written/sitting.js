/**
 * The talk with the server during a test: one act at a time, sent again until it is answered.
 *
 * An answer is kept in this tab's storage from the moment it is given until the server has it, so
 * that neither a cut nor a reload loses it. Every act brings the scene: the open question and the
 * seconds left by the server's clock.
 */
import { Emitter } from '../base/events.js';
import { ask, RequestError } from '../base/http.js';

const RETRY_MS = 1200;
/** Who asks is not known any more: 400 is an act whose proof against forgery went with the session. */
const GONE = new Set([400, 401, 403]);
/** No answer within this time: the network swallowed it. */
const PATIENCE_MS = 8000;

/** @typedef {import('../types/shown').TestScene} Scene */
/** @typedef {import('../types/posted').TestActs} Acts */
/** @typedef {import('../types/posted').Answer} Answer */
/** @typedef {{ticket: string, answer: Answer}} Given an answer that the server may not have yet */
/**
 * What an act says beside the page's own name and what runs of its watch.
 * @template {keyof Acts} Name
 * @typedef {Omit<Acts[Name], 'page'|'runs'>} Body
 */

/** @param {unknown} error @returns {boolean} whether the act never arrived, or nobody could answer */
const unanswered = (error) =>
  error instanceof RequestError && (error.status === 0 || error.status === 429 || error.status >= 500);

/** A picture of the camera has to arrive before the answer: soon. */
const awaitsPicture = (/** @type {unknown} */ error) => error instanceof RequestError && Boolean(error.body?.wait);

/**
 * Events: `scene` (`fresh`: of another question), `lost` (whether nothing reaches the server),
 * `aside` (another page is watched), `refused` (why, in words), `gone` (nobody is signed in).
 *
 * This page alone is watched and may answer, as long as it shows the watch's `token`. A reload
 * keeps it in this tab's storage; another tab or browser has none, and has to take over.
 * @extends {Emitter<{scene: Scene & {fresh: boolean}, lost: boolean, aside: void, refused: string, gone: void}>}
 */
export class Sitting extends Emitter {
  ticket = '';
  token = '';
  /** @type {() => Record<string, unknown>|undefined} what runs of the watch, told with each act */
  runs = () => undefined;
  /** A name that no other page has, a copy of this tab neither. */
  #page = crypto.getRandomValues(new Uint32Array(4)).join('-');
  #base;
  #pulse;
  #key;
  #tokenKey;
  /** @type {Promise<unknown>} */ #queue = Promise.resolve();
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #over = true;
  #lost = false;
  /** Help is open over the question: its time stands, and no other one begins. */
  #paused = false;
  /** Acts that wait for their turn: a pulse that is not answered makes way for them. */
  #waiting = 0;
  heardAt = performance.now();
  busy = false;

  /** @param {{base: string, key: string, pulse_s: number}} options `pulse_s`: from one sign of life to the next */
  constructor({ base, key, pulse_s }) {
    super();
    this.#pulse = pulse_s * 1000;
    this.#base = base;
    this.#key = `vv-written-${key}`;
    this.#tokenKey = `vv-watch-${key}`;
    this.token = read(this.#tokenKey) ?? '';
    addEventListener('online', () => this.#pulseIn(0));
    document.addEventListener('visibilitychange', () => !document.hidden && this.#pulseIn(0));
  }

  /** @returns {boolean} whether nothing reaches the server */
  get lost() {
    return this.#lost;
  }

  /**
   * Begin, or come back; what was answered before a reload goes first.
   * @param {Body<'begin'>} more `take_over`: where another page is watched, be it instead
   * @returns {Promise<Scene|null>} null: another page is watched
   */
  async begin(more) {
    let scene;
    try {
      scene = await this.#post('begin', more);
    } catch (error) {
      if (!(error instanceof RequestError && error.body?.aside)) throw error;
      this.emit('aside');
      return null;
    }
    this.#over = false;
    if (scene.watch) {
      this.token = scene.watch.token;
      write(this.#tokenKey, this.token);
    }
    const kept = this.#kept();
    if (kept && kept.ticket === scene.ticket) {
      this.ticket = scene.ticket;
      this.#take(scene);
      this.answer(kept.answer).catch(() => {});
    } else {
      this.#forget();
      this.#take(scene);
    }
    return scene;
  }

  /** @param {Answer} answer */
  async answer(answer) {
    const given = { ticket: this.ticket, answer };
    this.#keep(given);
    await this.#do('answer', this.#paused ? { ...given, waits: true } : given);
  }

  /** @returns {boolean} */
  get paused() {
    return this.#paused;
  }

  /** Let the time stand, or go on. @param {boolean} paused */
  pause(paused) {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (!this.#over) this.#do('pulse', {}).catch(() => {});
  }

  swap() {
    return this.#do('swap', { ticket: this.ticket });
  }

  leave() {
    return this.#do('leave', {});
  }

  stop() {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  /**
   * Send an act until it is answered; they go one after the other.
   * @template {keyof Acts} Name
   * @param {Name} name
   * @param {Body<Name>} body
   */
  #do(name, body) {
    const waits = Number(name !== 'pulse');
    this.#waiting += waits;
    const turn = this.#queue.then(async () => {
      this.#waiting -= waits;
      this.busy = true;
      clearTimeout(this.#timer);
      try {
        await this.#until(name, body);
      } finally {
        this.busy = false;
        this.#pulseIn(this.#pulse);
      }
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /**
   * @template {keyof Acts} Name
   * @param {Name} name
   * @param {Body<Name>} body
   */
  async #until(name, body) {
    for (;;) {
      try {
        // A pulse without more is one that the server knows by heart.
        const pauses = name === 'pulse' && this.#paused ? { pauses: true } : {};
        const scene = await this.#post(name, { ...body, ...pauses, known: this.ticket });
        if (name === 'answer') this.#forget();
        this.#take(scene);
        return;
      } catch (error) {
        if (awaitsPicture(error)) {
          this.emit('refused', /** @type {RequestError} */ (error).message);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
          continue;
        }
        if (unanswered(error)) {
          this.#link(true);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
          // The answer goes first: a pulse would close a question whose time ran out meanwhile.
          if (name === 'pulse' && this.#waiting) return;
          continue;
        }
        await this.#refused(/** @type {RequestError} */ (error), name);
        throw error;
      }
    }
  }

  /**
   * @param {RequestError} error
   * @param {string} name
   */
  async #refused(error, name) {
    this.#link(false);
    const gone = GONE.has(error.status);
    // An answer that met no session waits in this tab for whoever comes back.
    if (!gone) this.#forget();
    if (gone || error.status === 404) {
      this.stop();
      this.emit('gone');
    } else if (error.body?.aside) {
      this.stop();
      this.emit('aside');
    } else {
      this.emit('refused', error.message);
      // What we show is not what stands: look again, unless looking was what was refused.
      if (name !== 'pulse') this.#pulseIn(0);
    }
  }

  /** @param {number} wait */
  #pulseIn(wait) {
    clearTimeout(this.#timer);
    if (this.#over) return;
    this.#timer = setTimeout(() => {
      if (this.busy) return;
      this.#do('pulse', {}).catch(() => {});
    }, wait);
  }

  /**
   * @template {keyof Acts} Name
   * @param {Name} name
   * @param {Body<Name>} body
   * @returns {Promise<Scene>}
   */
  async #post(name, body) {
    /** @type {import('../types/posted').TestAct} */
    const json = { ...body, page: this.#page, runs: this.runs() };
    /** @type {Scene} */
    const scene = await ask(this.#base + name, {
      method: 'POST',
      json,
      headers: { 'X-Viva-Watch': this.token },
      patience: PATIENCE_MS,
    });
    this.heardAt = performance.now();
    this.#link(false);
    return scene;
  }

  /** @param {boolean} lost */
  #link(lost) {
    if (lost === this.#lost) return;
    this.#lost = lost;
    this.emit('lost', lost);
  }

  /** @param {Scene} scene */
  #take(scene) {
    if (scene.state !== 'running') this.stop();
    const fresh = scene.ticket !== this.ticket;
    this.ticket = scene.ticket;
    this.emit('scene', { ...scene, fresh });
    if (scene.state === 'running') this.#pulseIn(this.#pulse);
  }

  /** @param {Given} given */
  #keep(given) {
    write(this.#key, JSON.stringify(given));
  }

  /** @returns {Given|null} */
  #kept() {
    try {
      return JSON.parse(read(this.#key) ?? 'null');
    } catch {
      return null;
    }
  }

  #forget() {
    write(this.#key, null);
  }
}

/** @param {string} key @returns {string|null} what this tab keeps, through a reload */
function read(key) {
  try {
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
}

/** @param {string} key @param {string|null} value null: nothing any more */
function write(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // kept in this page alone
  }
}
