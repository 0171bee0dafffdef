/**
 * Alerts: words on the page for a while; away from it the tab's title and icon, a notification where
 * that was allowed; outside the call a soft sound, where it was not turned off.
 */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { alertsBetween, mayChime } from './alerts.js';
import { remembered } from '../base/remembered.js';

const SHOWN_MS = 8000;
const NOTES_HZ = [659, 880];
const NOTE_S = 0.35;
const LOUDNESS = 0.06;

/**
 * @param {import('./oral.js').Oral} oral
 * @param {number} me
 */
export function makeAlerts(oral, me) {
  const place = find('#alert');
  const icon = find('link[rel="icon"]', HTMLLinkElement);
  const calm = { icon: icon.href, title: document.title };
  const silent = remembered('viva.silent');
  const chimes = find('#alert-sound', HTMLInputElement);
  const allow = find('#alert-allow', HTMLButtonElement);
  let before = oral.state;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ let hiding;

  chimes.checked = !silent.on;
  chimes.addEventListener('change', () => {
    silent.on = !chimes.checked;
  });
  const drawAllow = () => {
    allow.hidden = !('Notification' in window) || Notification.permission !== 'default';
  };
  drawAllow();
  allow.addEventListener('click', async () => {
    await Notification.requestPermission();
    drawAllow();
  });

  /** @param {string} words */
  function show(words) {
    place.hidden = false;
    write(place, words);
    clearTimeout(hiding);
    hiding = setTimeout(() => {
      place.hidden = true;
      write(place, '');
    }, SHOWN_MS);
  }

  /** @param {string} words */
  function tellAway(words) {
    if (!document.hidden && document.hasFocus()) return;
    document.title = `(1) ${words}`;
    icon.href = place.dataset.icon ?? calm.icon;
    if ('Notification' in window && Notification.permission === 'granted') new Notification(calm.title, { body: words, tag: `viva-${oral.id}` });
  }

  function settle() {
    if (document.hidden) return;
    document.title = calm.title;
    icon.href = calm.icon;
  }
  addEventListener('focus', settle);
  document.addEventListener('visibilitychange', settle);

  return function draw() {
    const state = oral.state;
    const alert = alertsBetween(before, state, me).at(-1);
    before = state;
    if (!alert) return;
    const words = say(`alert_${alert.kind}`, { who: state.candidate.name.split(' ')[0], words: alert.words ?? '' });
    // Before the call the page says it in large.
    if (!mayChime(state) || alert.words) show(words);
    tellAway(words);
    if (!silent.on && mayChime(state)) chime();
  };
}

/** Two soft tones; a browser that wants a click first stays silent. */
function chime() {
  const audio = new AudioContext();
  if (audio.state === 'suspended') return void audio.close();
  for (const [at, hertz] of NOTES_HZ.entries()) {
    const tone = new OscillatorNode(audio, { frequency: hertz });
    const loud = new GainNode(audio, { gain: 0 });
    const from = audio.currentTime + at * NOTE_S;
    loud.gain.linearRampToValueAtTime(0, from);
    loud.gain.linearRampToValueAtTime(LOUDNESS, from + 0.03);
    loud.gain.exponentialRampToValueAtTime(0.0001, from + 2 * NOTE_S);
    tone.connect(loud).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 2 * NOTE_S);
    if (at === NOTES_HZ.length - 1) tone.addEventListener('ended', () => audio.close());
  }
}
