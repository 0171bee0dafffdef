/** Something that lasts: noticed once it has lasted long enough, told again with its length. */

/** @typedef {import('../types/posted').SignalKind} SignalKind */
/**
 * @typedef {object} Noticed
 * @property {string} key chosen here, so that telling again adds nothing
 * @property {SignalKind} kind
 * @property {number} at epoch milliseconds of its beginning
 * @property {number} [lasted] milliseconds; left out while it lasts
 * @property {Record<string, string|number|boolean>} [detail]
 */
/** @typedef {(noticed: Noticed) => void} Tell */

/** @returns {number} epoch milliseconds that no change of the machine's clock moves */
export const moment = () => performance.timeOrigin + performance.now();

/** @returns {string} a key that nobody else chooses */
export const freshKey = () => [...crypto.getRandomValues(new Uint32Array(3))].map((number) => number.toString(36)).join('');

export class Span {
  /** @type {number|null} */ #since = null;
  /** @type {number|null} */ #until = null;
  /** @type {Noticed|null} */ #open = null;

  /**
   * @param {SignalKind} kind
   * @param {Tell} tell
   * @param {{grace?: number, hang?: number}} [times] milliseconds: `grace` before it is noticed;
   *   `hang`: an interruption so short does not end it
   */
  constructor(kind, tell, { grace = 0, hang = 0 } = {}) {
    this.kind = kind;
    this.tell = tell;
    this.grace = grace;
    this.hang = hang;
  }

  /**
   * @param {boolean} on whether it is so now
   * @param {Noticed['detail']} [detail]
   */
  set(on, detail = {}) {
    const now = moment();
    if (on) {
      this.#since ??= now;
      this.#until = null;
      if (!this.#open && now - this.#since >= this.grace) {
        this.#open = { key: freshKey(), kind: this.kind, at: this.#since, detail };
        this.tell({ ...this.#open });
      }
      return;
    }
    if (this.#since === null) return;
    this.#until ??= now;
    if (now - this.#until >= this.hang) this.end(this.#until);
  }

  /** @param {number} [at] */
  end(at = moment()) {
    if (this.#open) this.tell({ ...this.#open, lasted: Math.max(0, at - this.#open.at) });
    this.#open = this.#since = this.#until = null;
  }
}
