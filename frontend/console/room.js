/** The video of the room: two pictures, one's own microphone and camera, what happens when it breaks. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { makeOffer, OtherGear, ownGear } from '../live/gear.js';
import { LocalMedia } from '../live/local.js';
import { RoomConnection } from '../media/connection.js';
import { announce } from './announce.js';
import { net } from './bar.js';
import { remembered } from '../base/remembered.js';
import { minutes } from './times.js';

/** @typedef {import('./oral.js').Oral} Oral */

const OVER = ['ended', 'aborted'];
/** So long a picture is waited for before it is said that it does not come. */
const LATE_MS = 20_000;

/**
 * @param {Oral} oral
 * @param {RTCIceServer[]} iceServers
 */
export function makeRoom(oral, iceServers) {
  const remote = find('#remote', HTMLVideoElement);
  const self = find('#self', HTMLVideoElement);
  const local = new LocalMedia();
  const otherGear = new OtherGear();
  const drawOffer = makeOffer(local);
  let room = connection();
  /** @type {number|null} */ let lostAt = null;
  let seen = false; // whoever has not come yet is not lost
  /** @type {number|null} since when a picture is waited for that should come by itself */ let awaited = null;

  /** One call; another one is made when it is taken back from another tab. */
  function connection() {
    const made = new RoomConnection({
      iceServers: () => oral.state.ice ?? iceServers,
      negotiate: (sdp) => oral.negotiate(sdp),
      getLocalStream: async () => {
        const stream = await local.open();
        return stream.getTracks().length > 0 ? stream : null;
      },
      clock: () => oral.now(),
    });
    made.on('stream', ({ stream }) => {
      remote.srcObject = stream;
      remote.play().catch(() => {
        find('#hear').hidden = false;
      });
    });
    made.on('quality', ({ bars }) => {
      if (made === room) net('net-self', bars, 'net_self');
    });
    made.on('state', () => {
      if (made === room) draw();
    });
    local.send = (track) => made.replaceTrack(track);
    return made;
  }

  local.addEventListener('change', () => {
    if (self.srcObject !== local.stream) self.srcObject = local.stream;
    drawSelf();
    find('#mute', HTMLButtonElement).disabled = !local.audio;
    find('#camera', HTMLButtonElement).disabled = !local.video;
    drawGear();
  });
  oral.on('link', (linked) => {
    if (linked) room.hurry();
  });
  find('#hear', HTMLButtonElement).addEventListener('click', () => {
    find('#hear').hidden = true;
    remote.play();
  });
  find('#mute', HTMLButtonElement).addEventListener('click', () => {
    local.mute(!local.muted);
    flip('mute', local.muted, say(local.muted ? 'unmute' : 'mute'));
  });
  find('#camera', HTMLButtonElement).addEventListener('click', () => {
    local.hide(!local.hidden);
    self.classList.toggle('vv-console-self--dark', local.hidden);
    flip('camera', local.hidden, say(local.hidden ? 'camera_on' : 'camera_off'));
  });

  const hidesSelf = remembered('viva.self-hidden');
  const view = find('#self-show', HTMLButtonElement);
  function drawSelf() {
    const live = local.video?.readyState === 'live';
    find('#self-view').hidden = !live || hidesSelf.on;
    view.hidden = !live || !hidesSelf.on;
  }
  for (const [button, on] of /** @type {const} */ ([[find('#self-hide', HTMLButtonElement), true], [view, false]])) {
    button.addEventListener('click', () => {
      hidesSelf.on = on;
      drawSelf();
    });
  }

  /** Show who is in the picture, or say why nobody is. */
  function draw() {
    const state = oral.state;
    const over = OVER.includes(state.state);
    if ((over || oral.aside) && !['closed', 'idle'].includes(room.state)) leave();
    if (room.state === 'closed' && !over && !oral.aside) room = connection();
    if (oral.may('offer') && !oral.aside && room.state === 'idle') room.connect();
    room.restarted(Date.parse(state.media_since ?? ''));
    oral.beats(state.device.mine && !over);
    const met = ['identity', 'ready', 'running'].includes(state.state);
    const here = met && state.candidate.present;
    const mine =
      room.state === 'reconnecting' ||
      (room.state === 'connecting' && Boolean(remote.srcObject)) ||
      (Boolean(state.pause.since) && !state.evaluator.media_up);
    seen = met && (seen || state.candidate.media_up || state.state === 'running');
    const theirs = seen && Boolean(remote.srcObject) && (!state.candidate.present || !state.candidate.media_up);
    const lost = met && !oral.aside && (mine || theirs);
    oral.stand(room.state === 'reconnecting');
    if (!lost) lostAt = null;
    else lostAt ??= performance.now();
    const frame = find('#frame');
    frame.dataset.look = lost ? 'lost' : met && !oral.aside && state.candidate.media_up && remote.srcObject ? 'live' : 'closed';
    find('#lost').hidden = !lost;
    write(find('#lost-who'), say(mine ? 'lost_self' : 'lost_candidate', { who: state.candidate.name.split(' ')[0] }));
    drawPause();
    drawGear();
    find('#aside').hidden = !oral.aside || !oral.known || over;
    if (!here || frame.dataset.look !== 'closed') awaited = null;
    else awaited ??= performance.now();
    drawWords();
  }

  /** In the empty frame: who is awaited, or why nobody comes. That somebody does not is read aloud once. */
  function drawWords() {
    const late = awaited !== null && performance.now() - awaited > LATE_MS;
    const [title, line] = quietly(oral.state, late);
    if (late && find('#frame-title').textContent !== title) announce(`${title}. ${line}`);
    write(find('#frame-title'), title);
    write(find('#frame-line'), line);
  }

  /** What happened to this person's camera or microphone, and to the candidate's. */
  function drawGear() {
    oral.report(local.lacks);
    const { candidate, state } = oral.state;
    const met = ['identity', 'ready', 'running'].includes(state) && !oral.aside;
    const own = met ? ownGear(local, say) : { words: '', tone: '', several: false };
    const theirs = met ? otherGear.words(candidate, say, candidate.name.split(' ')[0]) : '';
    const place = find('#gear');
    place.hidden = !own.words && !theirs;
    place.dataset.tone = own.tone === 'good' && theirs ? '' : own.tone;
    write(find('#gear-own'), own.words);
    write(find('#gear-other'), theirs);
    drawOffer(own.several);
  }

  /** How long the time may still stand; once that is over, the offer to end for a technical reason. */
  function drawPause() {
    const { pause, state } = oral.state;
    const away = state === 'running' && Boolean(pause.since);
    const over = away && (pause.over || oral.now() >= Date.parse(pause.ends_at ?? ''));
    const left = away && !over ? (Date.parse(pause.ends_at ?? '') - oral.now()) / 1000 : 0;
    find('#lost-still').hidden = find('#lost-stopped').hidden = !away || over;
    write(find('#lost-still'), say('lost_still', { time: minutes(left) }));
    find('#given-up').hidden = !over;
    if (over) write(find('#given-up-line'), say('given_up_line', { num: Math.round(pause.taken_s / 60) }));
  }

  /**
   * @param {import('./oral.js').State} state
   * @param {boolean} late
   * @returns {[string, string]}
   */
  function quietly(state, late) {
    const who = state.candidate.name.split(' ')[0];
    if (oral.aside) return ['', ''];
    const trouble = local.audio ? '' : local.why.audio;
    if (room.state === 'refused') return [say('video_refused'), say('video_refused_do')];
    if (trouble === 'denied') return [say('camera_forbidden'), say('camera_forbidden_do')];
    if (trouble) return [say('camera_none'), say('camera_none_do')];
    if (state.state === 'planned') return [say('room_closed'), say('room_closed_do')];
    if (state.state === 'open') return [say(state.candidate.waiting_since ? 'room_waits' : 'room_empty', { who }), say('room_open_do')];
    if (!state.candidate.present) return [say('video_away', { who }), ''];
    if (late && room.state !== 'connected') return [say('call_late'), say('call_late_do')];
    if (late) return [say('video_late', { who }), say('video_late_do')];
    return [say('video_coming', { who }), ''];
  }

  function leave() {
    room.close();
    local.close();
    remote.srcObject = null;
    find('#hear').hidden = true;
    net('net-self', undefined, 'net_self');
  }

  return {
    local,
    draw,
    /** Each quarter of a second: how long the picture has been gone, or has not come. */
    tick() {
      drawPause();
      drawWords();
      if (lostAt !== null) write(find('#lost-time'), say('lost_time', { num: Math.floor((performance.now() - lostAt) / 1000) }));
    },
  };
}

/**
 * @param {string} id
 * @param {boolean} off
 * @param {string} word
 */
function flip(id, off, word) {
  const place = find(`#${id}`, HTMLButtonElement);
  /** @type {HTMLElement} */ (place.querySelector('[data-on]')).hidden = off;
  /** @type {HTMLElement} */ (place.querySelector('[data-off]')).hidden = !off;
  place.classList.toggle('vv-console-tool--off', off);
  write(/** @type {Element} */ (place.querySelector('.vv-console-tool__word')), word);
  place.title = id === 'mute' ? `${word} (M)` : word;
}
