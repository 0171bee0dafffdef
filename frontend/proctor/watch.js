/**
 * The watch over a written test, in the candidate's browser. It notices, tells the server and the
 * candidate, and takes a still at random moments and at a signal. It recognises nobody, decides
 * nothing, and never holds the test up: whatever fails here is said, and the test goes on.
 */
import { ask } from '../base/http.js';
import { watchDevices, watchVoice } from './devices.js';
import { Outgoing } from './outgoing.js';
import { watchPage } from './page.js';
import { freshKey } from './span.js';

const STILL_WIDTH = 640;
const READY_MS = 3000;
const FIRST_AGAIN_MS = 2000;
const STILL_QUALITY = 0.8;
/** What a picture of the camera says nothing about. */
const WITHOUT_STILL = new Set(['upload_failed', 'camera_stopped']);

/** @typedef {import('./span.js').Noticed} Noticed */

/**
 * @typedef {object} Watch
 * @property {() => Promise<void>} stop ends it, and sends what waits as far as that goes at once
 * @property {(why?: import('./outgoing.js').StillReason) => Promise<boolean>} snapshot takes a still; whether there was one
 * @property {() => Record<string, string>} runs what runs in this browser, and of the rest why not
 */

/**
 * Begin to watch.
 *
 * @param {object} options
 * @param {number} options.session the server's number of the session: whose the kept signals are
 * @param {string} options.token what this page shows with all that it sends
 * @param {MediaStream} options.stream camera and microphone, as they are tested before the test
 * @param {Element|null} [options.screen] the element that goes full screen, if one does
 * @param {import('../types/shown').WatchUrls} options.urls
 * @param {number} options.most_signals in one request
 * @param {Record<string, string>} options.words a sentence a kind, for the candidate
 * @param {import('../types/shown').Watch} options.settings
 * @param {(notice: {key: string, kind: string, words: string, at: Date, over: boolean}) => void} options.onNotice
 *   something was noticed (`over`: it has ended): to be shown to the candidate at once
 * @param {(lost: boolean) => void} options.onLost nothing reaches the server, or it does again
 * @returns {Watch}
 */
export function startWatch({ session, token, stream, screen = null, urls, most_signals, words, settings, onNotice, onLost }) {
  const outgoing = new Outgoing({ owner: `session:${session}`, urls, token, most: most_signals, onLost });
  const video = playing(stream);
  let lastStill = -Infinity;
  let over = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ let next;

  /** @param {Noticed} noticed */
  const tell = (noticed) => {
    outgoing.notice(noticed);
    const { key, kind, at, lasted } = noticed;
    onNotice({ key, kind, words: words[kind] ?? kind, at: new Date(at), over: lasted !== undefined });
    const due = performance.now() - lastStill >= settings.signal_snapshot_s * 1000;
    if (!lasted && due && !over && !WITHOUT_STILL.has(kind)) snapshot(kind);
  };

  /** @param {import('./outgoing.js').StillReason} why */
  async function snapshot(why = 'random') {
    // A signal in the first seconds has a still of its own.
    if (why !== 'start') lastStill = performance.now();
    const blob = await still(video);
    if (blob) await outgoing.still(freshKey(), why, blob);
    return blob !== null;
  }

  /** @param {number} least @param {number} most seconds */
  const draw = (least, most) => {
    next = setTimeout(
      () => {
        snapshot('random').catch(() => {});
        draw(settings.snapshot_least_s, settings.snapshot_most_s);
      },
      1000 * (least + Math.random() * (most - least)),
    );
  };

  const page = watchPage(tell, screen);
  const devices = watchDevices(tell, stream, video, settings);
  const voice = watchVoice(tell, stream, settings);
  /** @type {import('./faces.js').Faces|null} */ let faces = null;
  if (settings.faces && urls.faces) {
    const files = urls.faces;
    // Nothing of the model is loaded, the code around it neither, unless it was switched on.
    import('./faces.js').then(({ Faces }) => {
      if (!over) faces = new Faces({ tell, video, files, settings, onChange: sayWhatRuns });
    }, () => {});
  }
  // Owed by whoever opens or takes over a watch: asked again until the camera shows something.
  const first = async () => {
    if (over) return;
    if (!(await snapshot('start').catch(() => false))) setTimeout(first, FIRST_AGAIN_MS);
  };
  first();
  draw(settings.snapshot_least_s, settings.snapshot_most_s);

  const runs = () => ({
    ...page.can,
    faces: settings.faces ? (faces?.can ?? 'loading') : 'unwanted',
    voice: voice.can(),
    camera: runsOn(stream.getVideoTracks()),
    microphone: runsOn(stream.getAudioTracks()),
    kept: outgoing.keeps ? 'on' : 'no',
  });
  function sayWhatRuns() {
    /** @type {import('../types/posted').WatchRuns} */
    const json = { watch: runs() };
    if (!over) ask(urls.watch, { method: 'POST', json, headers: { 'X-Viva-Watch': token } }).catch(() => {});
  }
  const saying = setTimeout(sayWhatRuns, 2000);
  const hide = () => page.stop();
  addEventListener('pagehide', hide, { once: true });

  return {
    async stop() {
      if (over) return;
      over = true;
      clearTimeout(next);
      clearTimeout(saying);
      removeEventListener('pagehide', hide);
      for (const part of [page, devices, voice, faces]) part?.stop();
      video.srcObject = null;
      await outgoing.close();
    },
    snapshot,
    runs,
  };
}

/** @param {MediaStreamTrack[]} tracks @returns {string} */
const runsOn = (tracks) => (tracks.some(({ readyState }) => readyState === 'live') ? 'on' : 'no');

/** @param {MediaStream} stream @returns {HTMLVideoElement} */
function playing(stream) {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream(stream.getVideoTracks());
  video.play().catch(() => {});
  return video;
}

/** @param {HTMLVideoElement} video settled once it has a picture, or none comes */
function ready(video) {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve();
  return new Promise((resolve) => {
    video.addEventListener('loadeddata', resolve, { once: true });
    setTimeout(resolve, READY_MS);
  });
}

/** @param {HTMLVideoElement} video @returns {Promise<Blob|null>} */
async function still(video) {
  const [track] = /** @type {MediaStream|null} */ (video.srcObject)?.getVideoTracks() ?? [];
  if (!track || track.readyState === 'ended') return null;
  await ready(video);
  if (!video.videoWidth) return null;
  const canvas = document.createElement('canvas');
  canvas.width = Math.min(STILL_WIDTH, video.videoWidth);
  canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', STILL_QUALITY));
}
