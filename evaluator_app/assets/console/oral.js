/**
 * The oral as this page knows it: the newest state from the server, the acts, the heartbeat, and
 * the live channel that says when to ask again. The server decides; this only asks and tells.
 */
import { io } from 'socket.io-client';
import { Refusal, ask } from './wire.js';

const HEARTBEAT_MS = 5000;
const STALE_MS = 12_000;

/**
 * @typedef {Record<string, any>} State as `rooms/snapshot.py` describes it
 */

/** Events: `state` (a newer state came), `reach` (the server answers, or does not). */
export class Oral extends EventTarget {
  /** @type {State|null} */ state = null;
  /** when `state` came, on this page's clock */ at = 0;
  reachable = true;
  signedOut = false;
  /** @type {() => object} */ #report = () => ({});
  #asking = false;
  #again = false;

  /**
   * @param {number} id
   * @param {string} base address of the interview, with a final slash
   */
  constructor(id, base) {
    super();
    this.id = id;
    this.base = base;
    this.device = device();
  }

  /** @param {() => object} report what each heartbeat tells: media, quality */
  begin(report) {
    this.#report = report;
    const socket = io({ transports: ['websocket', 'polling'] });
    socket.on('connect', () => {
      socket.emit('watch', { topic: `interview:${this.id}` });
      this.refresh();
    });
    socket.on('changed', () => this.refresh());
    addEventListener('online', () => this.refresh());
    addEventListener('pagehide', () => {
      ask('POST', `${this.base}leave`, { device: this.device }, { keepalive: true }).catch(() => {});
    });
    setInterval(() => this.beat(), HEARTBEAT_MS);
    this.beat();
  }

  /** Seconds that have gone since the state was told, none once it is too old to be believed. */
  get since() {
    return Math.min(performance.now() - this.at, STALE_MS) / 1000;
  }

  get stale() {
    return performance.now() - this.at > STALE_MS;
  }

  /** @param {string} act */
  may(act) {
    return Boolean(this.state?.allowed?.includes(act));
  }

  /** The second of the oral's timeline now, null when nothing is recorded. */
  get second() {
    const second = this.state?.recording?.second;
    if (typeof second !== 'number') return null;
    return second + (this.state?.state === 'running' ? this.since : 0);
  }

  /** @param {Record<string, any>} part */
  elapsed(part) {
    return part.elapsed_s + (part.running && !part.paused ? this.since : 0);
  }

  /** Ask for the state; while one is being asked for, once more after it. */
  async refresh() {
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      this.#take(await ask('GET', `${this.base}state?device=${this.device}`));
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#asking = false;
      if (this.#again) {
        this.#again = false;
        this.refresh();
      }
    }
  }

  async beat() {
    const known = this.state?.state;
    if (known === 'ended' || known === 'aborted') {
      // Nothing to keep alive any more; only a recording that is being prepared is waited for.
      if (this.state?.recording?.state === 'muxing') this.refresh();
      return;
    }
    try {
      const report = { device: this.device, ...this.#report() };
      this.#take(await ask('POST', `${this.base}heartbeat`, report));
    } catch (error) {
      this.#failed(error);
    }
  }

  /**
   * Do something, and take the fresh state that answers.
   * @param {string} act the end of its address
   * @param {object} [body]
   * @returns {Promise<any>}
   */
  async act(act, body = {}) {
    try {
      const answer = await ask('POST', this.base + act, { device: this.device, ...body });
      if (answer.interview !== undefined) this.#take(answer);
      return answer;
    } catch (error) {
      this.#failed(error);
      // The page showed something that is no longer so.
      if (error instanceof Refusal && error.status === 409) this.refresh();
      throw error;
    }
  }

  /** @param {State} state */
  #take(state) {
    this.#reach(true);
    const known = this.state;
    if (known && (state.revision < known.revision || (state.revision === known.revision && state.now < known.now))) return;
    this.state = state;
    this.at = performance.now();
    this.dispatchEvent(new Event('state'));
  }

  /** @param {unknown} error */
  #failed(error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) this.signedOut = true;
    if (error.passing || error.status === 401) this.#reach(false);
  }

  /** @param {boolean} reachable */
  #reach(reachable) {
    if (reachable === this.reachable) return;
    this.reachable = reachable;
    this.dispatchEvent(new Event('reach'));
  }
}

/** The name that this tab keeps, so that the server knows one browser from another. */
function device() {
  const kept = sessionStorage.getItem('viva.device');
  if (kept) return kept;
  const made = crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
  sessionStorage.setItem('viva.device', made);
  return made;
}
