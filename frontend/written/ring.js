/** The time of a question as a ring: it moves by this page's clock, set by the server's at each word. */
import { find, write } from '../base/dom.js';
import { clock } from '../live/clock.js';

/** At these seconds it is said aloud, and at no other. */
const SAID_AT = [30, 10];
const MOVE_MS = 250;

export class Ring {
  #until = 0;
  #seconds = 1;
  /** @type {number|null} */ #still = null;
  /** @type {ReturnType<typeof setInterval>|undefined} */ #timer;
  #said = Infinity;

  /**
   * @param {ParentNode} root
   * @param {object} options
   * @param {(seconds: number) => string} options.words
   * @param {() => void} [options.onOver] the time is over, once a question
   */
  constructor(root, { words, onOver = () => {} }) {
    this.ring = find('[data-ring]', HTMLElement, root);
    this.time = find('[data-ring-time]', HTMLElement, root);
    this.part = find('[data-ring-left]', SVGElement, root);
    this.said = find('[data-ring-said]', HTMLElement, root);
    this.words = words;
    this.onOver = onOver;
  }

  /** @returns {number} seconds left */
  get left() {
    return this.#still ?? (this.#until - performance.now()) / 1000;
  }

  /**
   * @param {number} left seconds, by the server
   * @param {number} seconds of the whole question
   * @param {boolean} fresh another question
   */
  set(left, seconds, fresh) {
    this.#still = null;
    this.#until = performance.now() + left * 1000;
    this.#seconds = seconds;
    if (fresh) {
      this.#said = left;
      write(this.said, '');
    }
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#move(), MOVE_MS);
    this.#move();
  }

  /** Let it stand where it is, or at so many seconds. @param {number} [at] */
  hold(at = this.left) {
    this.#still = at;
    this.#draw();
  }

  stop() {
    clearInterval(this.#timer);
  }

  #move() {
    this.#draw();
    if (this.#still !== null) return;
    const left = this.left;
    for (const mark of SAID_AT) {
      if (this.#said > mark && left <= mark && left > mark - 2) write(this.said, this.words(mark));
    }
    this.#said = Math.min(this.#said, left);
    if (left <= 0) {
      clearInterval(this.#timer);
      this.onOver();
    }
  }

  #draw() {
    const left = Math.max(0, this.left);
    const share = Math.min(1, left / this.#seconds);
    this.part.setAttribute('stroke-dashoffset', String(100 - share * 100));
    const shown = clock(Math.ceil(left));
    if (this.time.textContent !== shown) this.time.textContent = shown;
    this.ring.dataset.tone = left <= 10 ? 'last' : '';
  }
}
