/** The candidate's view of the watch: their own picture, what runs, what was noted, at once. */
import { write } from '../base/dom.js';
import { LocalMedia } from '../live/local.js';
import { startWatch } from '../proctor/watch.js';

const STOP_MS = 2500;
/** The watch stands beside the question, not above it: as in written/test.css. */
const WIDE = '(width >= 62rem)';

export class Watched {
  media = new LocalMedia();
  /** @type {import('../proctor/watch.js').Watch|null} */ #watch = null;
  /** @type {Map<string, HTMLElement>} */ #shown = new Map();

  /**
   * @param {ParentNode} root where the picture and the notes stand
   * @param {(key: string, values?: Record<string, string|number>) => string} say
   */
  constructor(root, say) {
    this.say = say;
    this.videos = /** @type {HTMLVideoElement[]} */ ([
      ...document.querySelectorAll('video[data-self], video[data-mirror]'),
    ]);
    this.state = root.querySelector('[data-watch-state]');
    this.notes = /** @type {HTMLDetailsElement|null} */ (root.querySelector('[data-notes]'));
    this.list = root.querySelector('[data-notes-list]');
    this.count = /** @type {Element} */ (root.querySelector('[data-notes-count]'));
    this.aloud = /** @type {Element} */ (root.querySelector('[data-notes-said]'));
    this.media.addEventListener('change', () => this.#draw());
  }

  /** Ask for camera and microphone. @returns {Promise<string>} why not, '' when both are there */
  async open() {
    await this.media.open();
    return this.media.why.video || this.media.why.audio;
  }

  /**
   * @param {import('../types/shown').WatchShown} data
   * @param {Element|null} screen
   */
  start(data, screen) {
    this.#watch?.stop();
    const on = data.settings.faces ? 'watch_on_faces' : 'watch_on';
    try {
      this.#watch = startWatch({
        ...data,
        stream: this.media.stream,
        screen,
        onNotice: (notice) => this.#note(notice),
        onLost: (lost) => this.#say(lost ? 'watch_lost' : on),
      });
      this.#say(on);
    } catch {
      this.#say('watch_off');
    }
  }

  /** @returns {Record<string, string>|undefined} what runs now; undefined: no watch does */
  runs() {
    return this.#watch?.runs();
  }

  /** End it; what waits goes out as far as that is quick. */
  async stop() {
    const over = this.#watch?.stop();
    this.#watch = null;
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, STOP_MS))]);
    this.media.close();
  }

  /** @param {string} key */
  #say(key) {
    if (this.state) write(this.state, this.say(key));
  }

  #draw() {
    for (const video of this.videos) {
      if (video.srcObject !== this.media.stream) video.srcObject = this.media.stream;
      video.toggleAttribute('data-on', this.media.video !== null);
    }
  }

  /**
   * The list is folded beside the question, under a line whose height never changes.
   * @param {{key: string, words: string, at: Date, over: boolean}} notice
   */
  #note({ key, words, at, over }) {
    if (!this.notes || !this.list) return;
    let item = this.#shown.get(key);
    if (!item) {
      item = document.createElement('li');
      const time = document.createElement('time');
      time.textContent = at.toLocaleTimeString(document.documentElement.lang, {
        hour: '2-digit',
        minute: '2-digit',
      });
      const said = document.createElement('span');
      said.textContent = words;
      item.append(time, said);
      this.#shown.set(key, item);
      this.list.prepend(item);
      const count = this.#shown.size;
      write(this.count, this.say(count > 1 ? 'notes_many' : 'notes_one', { count }));
      write(this.aloud, words);
      // Where there is room beside the question, it is seen at once.
      if (count === 1 && matchMedia(WIDE).matches) this.notes.open = true;
    }
    item.toggleAttribute('data-over', over);
    this.notes.toggleAttribute('data-now', this.list.querySelector(':scope > :not([data-over])') !== null);
  }
}
