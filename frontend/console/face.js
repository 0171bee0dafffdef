/**
 * The candidate's face in a small window that stays above all others, near the webcam, where the
 * browser has one (Document Picture-in-Picture). The call and its sound stay in this page: the
 * window shows the same stream once more, and hears the same keys.
 */
import { find, make, write } from '../base/dom.js';
import { say } from '../base/words.js';

const WIDTH = 480;
const MET = ['identity', 'ready', 'running'];

/** @typedef {{requestWindow: (size: {width: number, height: number}) => Promise<Window>}} SmallWindows */

/**
 * @param {import('./oral.js').Oral} oral
 * @param {(small: Window) => void} listen gives the window the page's keys
 */
export function makeFace(oral, listen) {
  const windows = /** @type {SmallWindows|undefined} */ (Reflect.get(window, 'documentPictureInPicture'));
  const button = find('#face-out', HTMLButtonElement);
  const remote = find('#remote', HTMLVideoElement);
  /** @type {Window|null} */ let small = null;

  button.addEventListener('click', () => open());
  find('#face-back', HTMLButtonElement).addEventListener('click', () => small?.close());
  remote.addEventListener('loadedmetadata', () => show());

  async function open() {
    if (!windows) return;
    try {
      small = await windows.requestWindow({ width: WIDTH, height: Math.round((WIDTH * 9) / 16) });
    } catch {
      return; // The browser does not want to now.
    }
    const { documentElement: root, head, body } = small.document;
    root.lang = document.documentElement.lang;
    root.dataset.bsTheme = document.documentElement.dataset.bsTheme;
    head.append(make('title', {}, oral.state.candidate.name));
    for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) head.append(sheet.cloneNode());
    body.className = 'vv-face';
    body.append(make('video', { 'aria-label': say('face_video') }), make('p', { role: 'status' }));
    small.addEventListener('pagehide', () => {
      small = null;
      draw();
    });
    listen(small);
    show();
    draw();
  }

  /** The same stream once more; its sound is heard from the page alone. */
  function show() {
    const video = /** @type {HTMLVideoElement|null|undefined} */ (small?.document.querySelector('video'));
    if (!video) return;
    video.muted = true;
    video.playsInline = true;
    video.srcObject = remote.srcObject;
    video.play().catch(() => {});
  }

  function draw() {
    const met = MET.includes(oral.state.state) && !oral.aside;
    if (small && !met) small.close();
    const { look } = find('#frame').dataset;
    button.hidden = !windows || !met || Boolean(small) || look !== 'live';
    find('#face-away').hidden = !small || look !== 'live';
    if (!small) return;
    small.document.body.dataset.look = look;
    const line = small.document.querySelector('p');
    if (line) write(line, look === 'live' ? '' : look === 'lost' ? (find('#lost-who').textContent ?? '') : (find('#frame-title').textContent ?? ''));
  }

  return { draw };
}
