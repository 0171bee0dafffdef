/**
 * The recording at a glance, drawn by wavesurfer from loudness that was measured while recording,
 * so that no sound is decoded here: parts as bands, each person's talk as a row, absences hatched,
 * notes as pins that may be dragged, and where the playing stands. A click or a drag seeks.
 *
 * @typedef {object} Note
 * @property {string} [id] what `move` is told
 * @property {number} second
 * @property {string} label a letter or two, on the pin
 * @property {string} [title] the note's words
 *
 * @typedef {object} Shape
 * @property {number} duration
 * @property {{number: number, start_s: number, end_s: number}[]} parts
 * @property {import('./track.js').Gap[]} gaps
 * @property {Record<string, number[]>} peaks
 * @property {string[]} roles from top to bottom
 */
import WaveSurfer from 'wavesurfer.js';
import Regions from 'wavesurfer.js/plugins/regions';

/** The height of a row. The style sheet of wavesurfer, which the policy admits, depends on it. */
const ROW = 36;
/** What stands above the rows, for the names of parts and the pins: the padding in playback.css. */
const HEAD = 42;
/** A press that moves less is a click. */
const STILL = 3;

/** @param {number} seconds @returns {string} m:ss */
export function clockWords(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export class Waveform {
  /** @type {import('wavesurfer.js/dist/plugins/regions.js').Region[]} */ #pins = [];
  #position = 0;
  #drawn = false;
  /** @type {{pin: HTMLElement, note: Note, from: number, moved: boolean}|null} */ #held = null;

  /**
   * @param {HTMLElement} place
   * @param {Shape} shape
   * @param {object} options
   * @param {(number: number) => string} options.part
   * @param {(second: number) => void} options.seek
   * @param {(id: string, second: number) => void} [options.move] without it, pins stay
   */
  constructor(place, shape, options) {
    this.place = place;
    this.shape = shape;
    this.options = options;
    this.regions = Regions.create();
    this.wave = WaveSurfer.create({
      container: place,
      peaks: shape.roles.map((role) => shape.peaks[role] ?? [0]),
      duration: shape.duration,
      height: ROW,
      splitChannels: this.#colours(),
      barWidth: 2,
      barGap: 1,
      cursorWidth: 2,
      cursorColor: 'var(--playback-ink)',
      interact: false,
      autoScroll: false,
      hideScrollbar: true,
      plugins: [this.regions],
    });
    this.ready = new Promise((done) => this.wave.once('ready', () => done(undefined)));
    this.ready.then(() => {
      this.#drawn = true;
      this.#mark();
      this.moveTo(this.#position);
    });
    const looks = new MutationObserver(() => this.wave.setOptions({ splitChannels: this.#colours() }));
    looks.observe(document.documentElement, { attributeFilter: ['data-bs-theme'] });
    place.addEventListener('pointerdown', (event) => this.#press(event));
    place.addEventListener('pointermove', (event) => this.#drag(event));
    place.addEventListener('pointerup', (event) => this.#release(event));
    place.addEventListener('pointercancel', () => this.#drop());
  }

  /** @param {Note[]} notes */
  async setNotes(notes) {
    await this.ready;
    for (const pin of this.#pins) pin.remove();
    this.#pins = notes.map((note) => {
      const pin = document.createElement('span');
      pin.textContent = note.label;
      pin.title = note.title ?? '';
      // At the very edges a centred pin would be cut.
      const share = note.second / (this.shape.duration || 1);
      pin.style.translate = share < 0.015 ? '0' : share > 0.985 ? '-100%' : '-50%';
      const region = this.#region({ start: note.second, color: 'var(--playback-pin)', content: pin });
      pin.setAttribute('part', this.#movable(note) ? 'pin pin-movable' : 'pin');
      pin.addEventListener('pointerdown', (event) => this.#take(event, pin, note));
      return region;
    });
  }

  /** @param {number} second */
  moveTo(second) {
    this.#position = second;
    if (this.#drawn) this.wave.setTime(second);
  }

  /** Parts as bands, absences as hatches: regions that nobody drags. */
  #mark() {
    for (const part of this.shape.parts) {
      const words = document.createElement('span');
      words.textContent = this.options.part(part.number);
      const region = this.#region({ start: part.start_s, end: part.end_s, color: 'transparent', content: words });
      words.setAttribute('part', 'part-name');
      const band = region.element;
      if (!band) continue;
      band.setAttribute('part', `part part-${part.number % 2 ? 'odd' : 'even'}`);
      band.style.top = `-${HEAD}px`;
      band.style.height = `calc(100% + ${HEAD}px)`;
    }
    for (const gap of this.shape.gaps) {
      const row = this.shape.roles.indexOf(gap.role);
      if (row < 0) continue;
      const region = this.#region({ start: gap.start_s, end: gap.end_s, color: 'transparent', channelIdx: row });
      region.element?.setAttribute('part', 'gap');
    }
  }

  /** @param {import('wavesurfer.js/dist/plugins/regions.js').RegionParams} params */
  #region(params) {
    const region = this.regions.addRegion({ drag: false, resize: false, ...params });
    if (region.element) region.element.style.pointerEvents = 'none';
    return region;
  }

  /** @param {Note} note */
  #movable(note) {
    return Boolean(this.options.move && note.id);
  }

  /** @param {PointerEvent} event @param {HTMLElement} pin @param {Note} note */
  #take(event, pin, note) {
    if (event.button === 0) this.#held = { pin, note, from: event.clientX, moved: false };
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    this.place.setPointerCapture(event.pointerId);
    if (!this.#held) this.options.seek(this.#secondAt(event));
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    if (!this.place.hasPointerCapture(event.pointerId)) return;
    const held = this.#held;
    if (!held) {
      this.options.seek(this.#secondAt(event));
      return;
    }
    held.moved ||= this.#movable(held.note) && Math.abs(event.clientX - held.from) > STILL;
    if (!held.moved) return;
    const region = this.#regionOf(held.pin);
    const second = this.#secondAt(event);
    region?.setOptions({ start: second, end: second });
    this.options.seek(second);
  }

  /** @param {PointerEvent} event */
  #release(event) {
    const held = this.#held;
    this.#held = null;
    if (!held) return;
    if (!held.moved) this.options.seek(held.note.second);
    else this.options.move?.(held.note.id ?? '', this.#secondAt(event));
  }

  #drop() {
    const held = this.#held;
    this.#held = null;
    const region = held && this.#regionOf(held.pin);
    if (held) region?.setOptions({ start: held.note.second, end: held.note.second });
  }

  /** @param {HTMLElement} pin */
  #regionOf(pin) {
    return this.#pins.find(({ element }) => element?.contains(pin));
  }

  /** Resolve the page's colours, light or dark: a canvas cannot. */
  #colours() {
    const probe = document.createElement('span');
    probe.hidden = true;
    this.place.after(probe);
    const rows = this.shape.roles.map((_, row) => {
      probe.style.color = `var(--playback-talk-${row ? 'b' : 'a'})`;
      const colour = getComputedStyle(probe).color;
      return { height: ROW, waveColor: colour, progressColor: colour };
    });
    probe.remove();
    return rows;
  }

  /** @param {PointerEvent} event @returns {number} */
  #secondAt(event) {
    const { left, width } = this.place.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientX - left) / width));
    return Math.round(share * this.shape.duration * 10) / 10;
  }
}
