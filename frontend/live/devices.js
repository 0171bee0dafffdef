/** Cameras and microphones: asking for them, naming them, and what went wrong in one word. */

import { CONSTRAINTS } from '../media/connection.js';

/** @typedef {'video'|'audio'} Kind */

const NO_SOUND_MS = 2000;

/**
 * Whether this browser can hold a call at all.
 * @returns {boolean}
 */
export const canCall = () =>
  Boolean(
    navigator.mediaDevices && 'RTCPeerConnection' in window && 'AudioContext' in window,
  );

/**
 * @param {Kind} kind
 * @param {string} [deviceId] another than the browser's own choice
 * @returns {MediaTrackConstraints}
 */
const wish = (kind, deviceId) =>
  deviceId ? { ...CONSTRAINTS[kind], deviceId: { exact: deviceId } } : CONSTRAINTS[kind];

/**
 * @param {unknown} error of getUserMedia
 * @returns {'denied'|'missing'|'busy'}
 */
function why(error) {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'denied';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'missing';
}

/**
 * Ask for one camera or microphone.
 * @param {Kind} kind
 * @param {string} [deviceId]
 * @returns {Promise<{track: MediaStreamTrack|null, why: string}>}
 */
export async function askFor(kind, deviceId) {
  const ask = (/** @type {string} */ id) =>
    navigator.mediaDevices.getUserMedia({ [kind]: wish(kind, id) });
  try {
    const stream = await ask(deviceId ?? '').catch((error) => {
      // The one chosen last time is unplugged: any other will do.
      if (deviceId && why(error) === 'missing') return ask('');
      throw error;
    });
    return { track: stream.getTracks()[0], why: '' };
  } catch (error) {
    return { track: null, why: why(error) };
  }
}

/**
 * Ask for both in one question to the person, then apart when that fails, to know which one.
 * @param {{video?: string, audio?: string}} [chosen] device ids
 */
export async function askForBoth(chosen = {}) {
  if (!chosen.video && !chosen.audio) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
      return {
        video: { track: stream.getVideoTracks()[0] ?? null, why: '' },
        audio: { track: stream.getAudioTracks()[0] ?? null, why: '' },
      };
    } catch {
      // one of them lacks: asked for apart, they tell which
    }
  }
  const video = await askFor('video', chosen.video);
  const audio = await askFor('audio', chosen.audio);
  return { video, audio };
}

/**
 * @param {Kind} kind
 * @returns {Promise<MediaDeviceInfo[]>}
 */
export async function list(kind) {
  const all = await navigator.mediaDevices.enumerateDevices();
  return all.filter((device) => device.kind === `${kind}input` && device.deviceId);
}

/**
 * Open another one than the one that vanished, the first that answers; it itself comes last, for
 * it may be plugged in again.
 * @param {Kind} kind
 * @param {string} [gone] its device id
 * @returns {Promise<{track: MediaStreamTrack|null, why: string, several: boolean}>}
 */
export async function another(kind, gone) {
  // Chromium lists its own choices a second time, under these names.
  const twice = ['default', 'communications'];
  const devices = (await list(kind)).filter(({ deviceId }) => !twice.includes(deviceId));
  devices.sort((a, b) => Number(a.deviceId === gone) - Number(b.deviceId === gone));
  let reason = 'missing';
  for (const { deviceId } of devices) {
    const opened = await askFor(kind, deviceId);
    if (opened.track) return { ...opened, several: devices.length > 1 };
    reason = opened.why;
  }
  return { track: null, why: reason, several: false };
}

/**
 * Fill a choice with what is plugged in; the one in use is chosen.
 * @param {HTMLSelectElement} select
 * @param {Kind} kind
 * @param {MediaStreamTrack|null} track
 * @param {string} unnamed what to call one without a name
 */
export async function fill(select, kind, track, unnamed) {
  const devices = await list(kind);
  const used = track?.getSettings().deviceId ?? '';
  select.replaceChildren(
    ...devices.map((device, index) => {
      const name = device.label || `${unnamed} ${index + 1}`;
      const here = device.deviceId === used || (!used && index === 0);
      return new Option(name, device.deviceId, here, here);
    }),
  );
  select.disabled = devices.length === 0;
}

/** @returns {{video?: string, audio?: string}} what was chosen in this browser before */
export function remembered() {
  try {
    return JSON.parse(localStorage.getItem('vv-devices') ?? '{}');
  } catch {
    return {};
  }
}

/**
 * @param {Kind} kind
 * @param {string} deviceId
 */
export function remember(kind, deviceId) {
  try {
    localStorage.setItem('vv-devices', JSON.stringify({ ...remembered(), [kind]: deviceId }));
  } catch {
    // a private window: asked again next time
  }
}

/**
 * How loud a microphone is, ten times a second.
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} heard the loudest sample since the last call, 0 to 1
 * @returns {() => void} ends it
 */
export function meter(track, heard) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  const source = context.createMediaStreamSource(new MediaStream([track]));
  source.connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let loudest = 0;
    for (const sample of samples) loudest = Math.max(loudest, Math.abs(sample));
    heard(Math.min(1, loudest));
  }, 100);
  context.resume().catch(() => {});
  return () => {
    clearInterval(timer);
    context.close().catch(() => {});
  };
}

/**
 * Play three soft notes.
 * @returns {Promise<void>} when they are over
 */
export async function playTone() {
  const context = new AudioContext();
  // Without a loudspeaker Firefox never answers; the person then says that they hear nothing.
  const late = new Promise((resolve) => setTimeout(resolve, NO_SOUND_MS));
  await Promise.race([context.resume(), late]);
  if (context.state !== 'running') {
    context.close().catch(() => {});
    return;
  }
  const notes = [523.25, 659.25, 783.99];
  for (const [index, frequency] of notes.entries()) {
    const start = context.currentTime + 0.05 + index * 0.32;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.25, start + 0.03);
    gain.gain.exponentialRampToValueAtTime(0.001, start + 0.45);
    const voice = new OscillatorNode(context, { frequency });
    voice.connect(gain).connect(context.destination);
    voice.start(start);
    voice.stop(start + 0.5);
  }
  await new Promise((resolve) => setTimeout(resolve, 1300));
  await context.close();
}
