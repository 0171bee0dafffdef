/**
 * The recording at a glance, drawn on a canvas: parts as bands, each person's talk as a track,
 * absences hatched, notes as pins, and where the playing stands. A click or a drag seeks.
 *
 * @typedef {object} Note
 * @property {number} second
 * @property {string} label a letter or two, drawn on the pin
 *
 * @typedef {object} Shape
 * @property {number} duration
 * @property {{number: number, start_s: number, end_s: number}[]} parts
 * @property {import('./track.js').Gap[]} gaps
 * @property {Record<string, number[]>} peaks
 * @property {number} peakSeconds
 * @property {string[]} roles from top to bottom
 */

const HEAD = 22;
const PIN = 16;
/** The custom properties `--playback-…` that a page may set. */
const NAMES = ['ink', 'ink-2', 'line', 'band-a', 'band-b', 'talk-a', 'talk-b', 'pin', 'on-pin', 'gap'];

/** @param {number} seconds @returns {string} m:ss */
export function clockWords(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export class Waveform {
  /** @type {Note[]} */ #notes = [];
  #position = 0;
  /** @type {Record<string, string>} */ #colours = {};
  #font = 'sans-serif';
  /** @type {HTMLCanvasElement} */ #still = document.createElement('canvas');

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Shape} shape
   * @param {{part: (number: number) => string, seek: (second: number) => void}} options
   */
  constructor(canvas, shape, options) {
    this.canvas = canvas;
    this.shape = shape;
    this.options = options;
    new ResizeObserver(() => this.draw()).observe(canvas);
    const looks = new MutationObserver(() => this.draw());
    looks.observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
    document.fonts.ready.then(() => this.draw());
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      options.seek(this.#pinAt(event) ?? this.#secondAt(event));
    });
    canvas.addEventListener('pointermove', (event) => {
      const pin = this.#pinAt(event);
      canvas.classList.toggle('is-on-pin', pin !== null);
      if (canvas.hasPointerCapture(event.pointerId) && event.buttons) {
        options.seek(this.#secondAt(event));
      }
    });
  }

  /** @param {Note[]} notes */
  setNotes(notes) {
    this.#notes = notes;
    this.draw();
  }

  /** @param {number} second */
  moveTo(second) {
    this.#position = second;
    this.#paint();
  }

  /** Draw everything again: size, colours or notes changed. */
  draw() {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (!width || !height) return;
    const dense = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, this.#still]) {
      canvas.width = Math.round(width * dense);
      canvas.height = Math.round(height * dense);
    }
    const pen = this.#still.getContext('2d');
    if (!pen) return;
    pen.scale(dense, dense);
    this.#readColours();
    this.#drawParts(pen, width, height);
    this.#drawTalk(pen, width, height);
    this.#drawPins(pen, width, height);
    this.#paint();
  }

  #paint() {
    const pen = this.canvas.getContext('2d');
    if (!pen || !this.#still.width) return;
    const { width, height } = this.canvas;
    const dense = window.devicePixelRatio || 1;
    pen.clearRect(0, 0, width, height);
    pen.drawImage(this.#still, 0, 0);
    const x = this.#x(this.#position, width);
    pen.fillStyle = this.#colours.ink;
    pen.fillRect(Math.round(x - dense), 0, Math.round(2 * dense), height);
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} width @param {number} height
   */
  #drawParts(pen, width, height) {
    pen.font = `600 12px ${this.#font}`;
    pen.textBaseline = 'middle';
    this.shape.parts.forEach((part, index) => {
      const left = this.#x(part.start_s, width);
      const wide = this.#x(part.end_s, width) - left;
      pen.fillStyle = index % 2 ? this.#colours['band-b'] : this.#colours['band-a'];
      pen.fillRect(left, 0, wide, height);
      const words = this.options.part(part.number);
      if (pen.measureText(words).width + 16 < wide) {
        pen.fillStyle = this.#colours['ink-2'];
        pen.fillText(words, left + 8, HEAD / 2);
      }
    });
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} width @param {number} height
   */
  #drawTalk(pen, width, height) {
    const tall = (height - HEAD - PIN) / Math.max(1, this.shape.roles.length);
    this.shape.roles.forEach((role, row) => {
      const middle = HEAD + PIN + tall * (row + 0.5);
      pen.fillStyle = this.#colours.line;
      pen.fillRect(0, middle - 0.5, width, 1);
      pen.fillStyle = row ? this.#colours['talk-b'] : this.#colours['talk-a'];
      const peaks = this.shape.peaks[role] ?? [];
      for (let x = 0; x < width; x += 3) {
        const from = Math.floor((x / width) * (this.shape.duration / this.shape.peakSeconds));
        const to = Math.ceil(((x + 3) / width) * (this.shape.duration / this.shape.peakSeconds));
        const loud = Math.max(0, ...peaks.slice(from, Math.max(to, from + 1)));
        const high = loud * (tall - 4);
        if (high >= 1) pen.fillRect(x, middle - high / 2, 2, high);
      }
      for (const gap of this.shape.gaps.filter((one) => one.role === role)) {
        this.#hatch(pen, this.#x(gap.start_s, width), this.#x(gap.end_s, width), middle, tall);
      }
    });
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} left @param {number} right @param {number} middle @param {number} tall
   */
  #hatch(pen, left, right, middle, tall) {
    pen.save();
    pen.beginPath();
    pen.rect(left, middle - tall / 2 + 2, right - left, tall - 4);
    pen.clip();
    pen.strokeStyle = this.#colours.gap;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let x = left - tall; x < right; x += 6) {
      pen.moveTo(x, middle + tall / 2);
      pen.lineTo(x + tall, middle - tall / 2);
    }
    pen.stroke();
    pen.restore();
  }

  /**
   * @param {CanvasRenderingContext2D} pen
   * @param {number} width @param {number} height
   */
  #drawPins(pen, width, height) {
    pen.font = `600 11px ${this.#font}`;
    pen.textAlign = 'center';
    for (const { second, label } of this.#notes) {
      const x = this.#x(second, width);
      const wide = Math.max(PIN, pen.measureText(label).width + 8);
      const left = Math.max(0, Math.min(width - wide, x - wide / 2));
      pen.fillStyle = this.#colours.pin;
      pen.fillRect(x - 0.5, HEAD + PIN, 1, height);
      pen.beginPath();
      pen.roundRect(left, HEAD, wide, PIN, 4);
      pen.fill();
      pen.fillStyle = this.#colours['on-pin'];
      pen.fillText(label, left + wide / 2, HEAD + PIN / 2 + 1);
    }
    pen.textAlign = 'start';
  }

  /** Read the page's own colours, light or dark: an element resolves what a canvas cannot. */
  #readColours() {
    const probe = document.createElement('span');
    probe.hidden = true;
    this.canvas.after(probe);
    const style = getComputedStyle(probe);
    for (const name of NAMES) {
      probe.style.color = `var(--playback-${name})`;
      this.#colours[name] = style.color;
    }
    this.#font = style.fontFamily;
    probe.remove();
  }

  /** @param {number} second @param {number} width @returns {number} */
  #x(second, width) {
    return this.shape.duration ? (second / this.shape.duration) * width : 0;
  }

  /** @param {PointerEvent} event @returns {number} */
  #secondAt(event) {
    const { left, width } = this.canvas.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - left) / width));
    return share * this.shape.duration;
  }

  /** @param {PointerEvent} event @returns {number|null} the second of the pin under the pointer */
  #pinAt(event) {
    const { left, top, width } = this.canvas.getBoundingClientRect();
    const y = event.clientY - top;
    if (y < HEAD || y > HEAD + PIN) return null;
    const x = event.clientX - left;
    const near = this.#notes
      .map(({ second }) => ({ second, apart: Math.abs(this.#x(second, width) - x) }))
      .sort((a, b) => a.apart - b.apart)[0];
    return near && near.apart <= PIN ? near.second : null;
  }
}
