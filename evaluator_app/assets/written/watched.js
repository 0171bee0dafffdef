/** The candidate's view of the watch: their own picture, what runs, what was noted, at once. */
import { LocalMedia } from '../live/local.js';
import { write } from '../live/words.js';
import { startWatch } from '../proctor/watch.js';

const STOP_MS = 2500;

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
    this.notes = /** @type {HTMLElement|null} */ (root.querySelector('[data-notes]'));
    this.list = root.querySelector('[data-notes-list]');
    this.media.addEventListener('change', () => this.#draw());
  }

  /** Ask for camera and microphone. @returns {Promise<string>} why not, '' when both are there */
  async open() {
    await this.media.open();
    return this.media.why.video || this.media.why.audio;
  }

  /**
   * @param {Record<string, any>} data `watch_data` of the server
   * @param {Element|null} screen
   */
  start(data, screen) {
    this.#watch?.stop();
    const on = data.settings.faces ? 'watch_on_faces' : 'watch_on';
    try {
      this.#watch = startWatch({
        session: data.session,
        token: data.token,
        stream: this.media.stream,
        screen,
        urls: data.urls,
        words: data.words,
        settings: data.settings,
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

  /** @param {{key: string, words: string, at: Date, over: boolean}} notice */
  #note({ key, words, at, over }) {
    if (!this.notes || !this.list) return;
    this.notes.hidden = false;
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
      const close = document.createElement('button');
      close.type = 'button';
      close.className = 'vv-quiet';
      close.setAttribute('aria-label', `${this.say('dismiss')} : ${words}`);
      close.textContent = '×';
      close.addEventListener('click', () => this.#drop(key));
      item.append(time, said, close);
      this.#shown.set(key, item);
      this.list.prepend(item);
    }
    item.toggleAttribute('data-over', over);
  }

  /** @param {string} key */
  #drop(key) {
    this.#shown.get(key)?.remove();
    if (this.notes && this.list && !this.list.childElementCount) this.notes.hidden = true;
  }
}
