/** The video of the room: two pictures, one's own microphone and camera, what happens when it breaks. */
import { askForBoth, remembered } from '../live/devices.js';
import { RoomConnection } from '../media/connection.js';
import { net } from './bar.js';
import { button, el, find, say } from './page.js';
import { minutes, t } from './words.js';

/** @typedef {import('./oral.js').Oral} Oral */

const OVER = ['ended', 'aborted'];

/**
 * @param {Oral} oral
 * @param {RTCIceServer[]} iceServers
 */
export function makeRoom(oral, iceServers) {
  const remote = find('remote', HTMLVideoElement);
  const self = find('self', HTMLVideoElement);
  const room = new RoomConnection({
    iceServers,
    negotiate: (sdp) => oral.negotiate(sdp),
    getLocalStream: openDevices,
    clock: () => oral.now(),
  });
  /** @type {number|null} */ let lostAt = null;
  let muted = false;
  let dark = false;
  let trouble = '';

  async function openDevices() {
    const { video, audio } = await askForBoth(remembered());
    trouble = audio.track ? '' : audio.why;
    const tracks = [video.track, audio.track].filter((track) => track !== null);
    if (tracks.length === 0) return null;
    const stream = new MediaStream(tracks);
    self.srcObject = stream;
    self.hidden = !video.track;
    button('mute').disabled = !audio.track;
    button('camera').disabled = !video.track;
    return stream;
  }

  room.addEventListener('stream', (event) => {
    const { stream } = /** @type {CustomEvent} */ (event).detail;
    remote.srcObject = stream;
    remote.play().catch(() => {
      el('hear').hidden = false;
    });
  });
  room.addEventListener('quality', (event) => {
    net('net-self', /** @type {CustomEvent} */ (event).detail.bars, 'net_self');
  });
  room.addEventListener('state', draw);
  oral.addEventListener('link', (event) => {
    if (/** @type {CustomEvent} */ (event).detail) room.hurry();
  });
  button('hear').addEventListener('click', () => {
    el('hear').hidden = true;
    remote.play();
  });
  button('mute').addEventListener('click', () => {
    muted = !muted;
    room.setMuted(muted);
    flip('mute', muted, t(muted ? 'unmute' : 'mute'));
  });
  button('camera').addEventListener('click', () => {
    dark = !dark;
    room.setCamera(!dark);
    self.classList.toggle('vc-self--dark', dark);
    flip('camera', dark, t(dark ? 'camera_on' : 'camera_off'));
  });

  /** Show who is in the picture, or say why nobody is. */
  function draw() {
    const state = oral.state;
    if (oral.may('offer') && room.state === 'idle') room.connect();
    room.restarted(Date.parse(state.media_since));
    if (OVER.includes(state.state) && !['closed', 'idle'].includes(room.state)) leave();
    const met = ['identity', 'ready', 'running'].includes(state.state);
    const here = met && state.candidate.present;
    const mine =
      room.state === 'reconnecting' ||
      (room.state === 'connecting' && Boolean(remote.srcObject)) ||
      (Boolean(state.pause.since) && !state.evaluator.media_up);
    const theirs = met && Boolean(remote.srcObject) && (!state.candidate.present || !state.candidate.media_up);
    const lost = met && (mine || theirs);
    oral.stand(room.state === 'reconnecting');
    if (!lost) lostAt = null;
    else lostAt ??= performance.now();
    const frame = el('frame');
    frame.dataset.look = lost ? 'lost' : met && state.candidate.media_up && remote.srcObject ? 'live' : 'closed';
    frame.classList.toggle('vc-frame--whole', state.state === 'identity');
    el('lost').hidden = !lost;
    say(el('lost-who'), t(mine ? 'lost_self' : 'lost_candidate', { who: state.candidate.name.split(' ')[0] }));
    drawPause();
    const words = quietly(state, here);
    say(el('frame-title'), words[0]);
    say(el('frame-line'), words[1]);
  }

  /** How long the time may still stand; once that is over, the offer to end for a technical reason. */
  function drawPause() {
    const { pause, state } = oral.state;
    const away = state === 'running' && Boolean(pause.since);
    const over = away && (pause.over || oral.now() >= Date.parse(pause.ends_at));
    const left = away && !over ? (Date.parse(pause.ends_at) - oral.now()) / 1000 : 0;
    el('lost-still').hidden = !away || over;
    say(el('lost-still'), t('lost_still', { time: minutes(left) }));
    el('given-up').hidden = !over;
    if (over) say(el('given-up-line'), t('given_up_line', { num: Math.round(pause.taken_s / 60) }));
  }

  /**
   * @param {Record<string, any>} state
   * @param {boolean} here
   * @returns {[string, string]}
   */
  function quietly(state, here) {
    const who = state.candidate.name.split(' ')[0];
    if (room.state === 'refused') return [t('video_refused'), t('video_refused_do')];
    if (trouble === 'denied') return [t('camera_forbidden'), t('camera_forbidden_do')];
    if (trouble) return [t('camera_none'), t('camera_none_do')];
    if (state.state === 'planned') return [t('room_closed'), t('room_closed_do')];
    if (state.state === 'open') return [t(state.candidate.waiting_since ? 'room_waits' : 'room_empty', { who }), t('room_open_do')];
    return [t(here ? 'video_coming' : 'video_away', { who }), ''];
  }

  function leave() {
    for (const track of room.localStream?.getTracks() ?? []) track.stop();
    room.close();
    self.srcObject = null;
    self.hidden = true;
    net('net-self', undefined, 'net_self');
  }

  return {
    connection: room,
    draw,
    /** Each quarter of a second: how long the picture has been gone. */
    tick() {
      drawPause();
      if (lostAt !== null) say(el('lost-time'), t('lost_time', { num: Math.floor((performance.now() - lostAt) / 1000) }));
    },
  };
}

/**
 * @param {string} id
 * @param {boolean} off
 * @param {string} word
 */
function flip(id, off, word) {
  const place = button(id);
  /** @type {HTMLElement} */ (place.querySelector('[data-on]')).hidden = off;
  /** @type {HTMLElement} */ (place.querySelector('[data-off]')).hidden = !off;
  place.classList.toggle('vc-tool--off', off);
  say(/** @type {Element} */ (place.querySelector('.vc-tool__word')), word);
  place.title = word;
}
