/**
 * Whether there is a face in the frame, or several: frames go to a worker, one a second at most.
 * Where that cannot run it is off, and says why; the page's own thread never looks for faces.
 */
import { Span } from './span.js';

const WIDTH = 480;
/** The worker rests at least so many times as long as it worked. */
const REST = 4;
const SLOW_MS = 2500;
const SLOW_TIMES = 3;
const FAILURES = 3;

/** @typedef {import('../types/shown').FaceFiles} FaceFiles */

/** @returns {string} '' where it can run, else what lacks */
function lacks() {
  if (!('Worker' in window)) return 'no_worker';
  if (!('OffscreenCanvas' in window)) return 'no_canvas';
  if (!('createImageBitmap' in window)) return 'no_bitmap';
  if (!('WebAssembly' in window)) return 'no_wasm';
  return '';
}

export class Faces {
  /** @type {Worker|null} */ #worker = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #slow = 0;
  #failures = 0;
  /** What runs: `loading`, `on`, or why not. */
  can = 'loading';
  /** Milliseconds that the last frame took. */
  ms = 0;

  /**
   * @param {object} options
   * @param {import('./span.js').Tell} options.tell
   * @param {HTMLVideoElement} options.video
   * @param {FaceFiles} options.files
   * @param {import('../types/shown').Watch} options.settings
   * @param {() => void} options.onChange `can` is another one
   */
  constructor({ tell, video, files, settings, onChange }) {
    this.video = video;
    this.settings = settings;
    this.onChange = onChange;
    this.none = new Span('no_face', tell, { grace: settings.face_grace_s * 1000 });
    this.several = new Span('several_faces', tell, { grace: settings.faces_grace_s * 1000 });
    const why = lacks();
    if (why) {
      this.can = why;
      return;
    }
    try {
      this.#worker = new Worker(files.worker);
    } catch {
      this.can = 'no_worker';
      return;
    }
    const { worker, ...rest } = files;
    const addressed = Object.entries(rest).map(([name, path]) => [name, new URL(path, location.href).href]);
    this.#worker.addEventListener('error', () => this.#off('failed'));
    this.#worker.addEventListener('message', ({ data }) => this.#hear(data));
    this.#worker.postMessage({ start: Object.fromEntries(addressed), threshold: settings.face_threshold });
  }

  stop() {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = null;
    this.none.end();
    this.several.end();
  }

  /** @param {{ready?: boolean, count?: number, ms?: number, failed?: string}} told */
  #hear(told) {
    if (told.failed) {
      if (this.can !== 'on' || ++this.#failures >= FAILURES) this.#off('failed');
      else this.#later();
      return;
    }
    if (told.ready) {
      this.can = 'on';
      this.onChange();
    } else {
      this.#failures = 0;
      this.ms = told.ms ?? 0;
      this.#slow = this.ms > SLOW_MS ? this.#slow + 1 : 0;
      if (this.#slow >= SLOW_TIMES) {
        this.#off('too_slow');
        return;
      }
      this.none.set(told.count === 0);
      this.several.set((told.count ?? 0) > 1, { faces: told.count ?? 0 });
    }
    this.#later();
  }

  #later() {
    const wait = Math.max(this.settings.face_interval_s * 1000, this.ms * REST);
    this.#timer = setTimeout(() => this.#look(), wait);
  }

  async #look() {
    const { video } = this;
    if (!this.#worker) return;
    const [track] = /** @type {MediaStream} */ (video.srcObject).getVideoTracks();
    if (!track || track.readyState === 'ended' || track.muted || !video.videoWidth) {
      // No picture is not an empty one: that the camera stopped is told by itself.
      this.none.set(false);
      this.several.set(false);
      this.#later();
      return;
    }
    try {
      const height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
      const frame = await createImageBitmap(video, { resizeWidth: WIDTH, resizeHeight: height });
      this.#worker?.postMessage({ frame }, [frame]);
    } catch {
      if (++this.#failures >= FAILURES) this.#off('failed');
      else this.#later();
    }
  }

  /** @param {string} why */
  #off(why) {
    if (!this.#worker) return;
    this.stop();
    this.can = why;
    this.onChange();
  }
}
