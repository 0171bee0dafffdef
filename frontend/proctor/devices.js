/** Camera and microphone: stopped, a picture that does not change at all, sound like a voice. */
import { Span } from './span.js';

const LOOK_MS = 1000;
const STOPPED_MS = 2000;
const LISTEN_MS = 200;
/** Loudness of a voice near the microphone, as a root mean square; a quiet room is below a tenth. */
const VOICE = 0.03;
/** Between two words nobody has stopped speaking. */
const BREATH_MS = 1500;
/** So many points of the picture are compared; the noise of a camera changes some of them. */
const WIDTH = 160;
const HEIGHT = 120;

/** @param {MediaStreamTrack|undefined} track */
const stopped = (track) => !track || track.readyState === 'ended' || track.muted || !track.enabled;

/**
 * @param {import('./span.js').Tell} tell
 * @param {MediaStream} stream
 * @param {HTMLVideoElement} video plays the stream
 * @param {{camera_still_s: number}} settings
 * @returns {{stop: () => void}}
 */
export function watchDevices(tell, stream, video, settings) {
  const camera = new Span('camera_stopped', tell, { grace: STOPPED_MS });
  const microphone = new Span('microphone_stopped', tell, { grace: STOPPED_MS });
  const still = new Span('camera_still', tell, { grace: settings.camera_still_s * 1000 });
  const context = canvas();
  let before = 0;

  const look = () => {
    const [picture] = stream.getVideoTracks();
    camera.set(stopped(picture));
    microphone.set(stopped(stream.getAudioTracks()[0]));
    if (stopped(picture) || !context || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      before = 0;
      still.set(false);
      return;
    }
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    const seen = digest(context.getImageData(0, 0, WIDTH, HEIGHT).data);
    still.set(seen === before);
    before = seen;
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    stop() {
      clearInterval(timer);
      for (const span of [camera, microphone, still]) span.end();
    },
  };
}

/**
 * @param {import('./span.js').Tell} tell
 * @param {MediaStream} stream
 * @param {{voice_grace_s: number}} settings
 * @returns {{stop: () => void, can: () => string}}
 */
export function watchVoice(tell, stream, settings) {
  const none = { stop() {}, can: () => 'no' };
  if (!('AudioContext' in window) || !stream.getAudioTracks().length) return none;
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const voice = new Span('voice', tell, { grace: settings.voice_grace_s * 1000, hang: BREATH_MS });
  const timer = setInterval(() => {
    if (context.state === 'suspended') context.resume().catch(() => {});
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    voice.set(Math.sqrt(power) > VOICE);
  }, LISTEN_MS);
  return {
    stop() {
      clearInterval(timer);
      voice.end();
      context.close().catch(() => {});
    },
    can: () => (context.state === 'running' ? 'on' : 'suspended'),
  };
}

function canvas() {
  const made = document.createElement('canvas');
  made.width = WIDTH;
  made.height = HEIGHT;
  const context = made.getContext('2d', { willReadFrequently: true });
  // Points, not means: the mean of a quiet picture may well stay the same.
  if (context) context.imageSmoothingEnabled = false;
  return context;
}

/** @param {Uint8ClampedArray} bytes @returns {number} FNV-1a over whole pixels */
function digest(bytes) {
  const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  let hash = 0x811c9dc5;
  for (const pixel of pixels) hash = Math.imul(hash ^ pixel, 0x01000193);
  return hash >>> 0;
}
