/** Before the interview: who waits, with what equipment, what is to be arranged, and the doors. */
import { button, el, make, say } from './page.js';
import { hour, span, t } from './words.js';

const ABSENT_AFTER_MS = 10 * 60 * 1000;

/** @typedef {import('./oral.js').Oral} Oral */

/**
 * @param {Oral} oral
 * @param {(act: string, body?: Record<string, unknown>) => Promise<any>} act
 * @param {() => void} report opens the incident dialog for an absence
 */
export function makeLobby(oral, act, report) {
  button('open').addEventListener('click', () => act('open'));
  button('admit').addEventListener('click', () => act('admit'));
  button('absent-open').addEventListener('click', report);

  return function draw() {
    const state = oral.state;
    const candidate = state.candidate;
    const open = state.state === 'open';
    const waits = Boolean(candidate.waiting_since) && candidate.present;
    say(el('lobby-when'), t('appointment', { from: hour(state.appointment.starts_at), to: hour(state.appointment.ends_at) }));
    const who = candidate.name.split(' ')[0];
    say(el('lobby-title'), t(waits ? 'waits' : candidate.waiting_since ? 'left' : 'not_yet', { who }));
    say(el('lobby-line'), line(oral, open, waits));
    el('lobby').classList.toggle('vc-lobby--waits', waits);
    button('open').hidden = !oral.may('open');
    button('admit').hidden = !open;
    button('admit').disabled = !oral.may('admit') || !candidate.waiting_since;
    const late = oral.now() - Date.parse(state.appointment.starts_at) > ABSENT_AFTER_MS;
    el('absent').hidden = !(open && !waits && late);
    equipment(candidate.equipment);
  };
}

/**
 * @param {Oral} oral
 * @param {boolean} open
 * @param {boolean} waits
 */
function line(oral, open, waits) {
  const state = oral.state;
  if (waits) {
    const since = (oral.now() - Date.parse(state.candidate.waiting_since)) / 1000;
    return t(open ? 'waits_open' : 'waits_closed', { time: span(since) });
  }
  return t(open ? 'open_empty' : 'closed_empty');
}

/** @param {Record<string, any>|null} check */
function equipment(check) {
  const place = el('equipment');
  const verdict = check?.verdict ?? 'none';
  place.className = `vv-state vv-tone-${{ ready: 'good', fair: 'wait', blocked: 'person', none: 'calm' }[/** @type {'ready'} */ (verdict)]}`;
  say(place, t(`equipment_${verdict}`));
  const parts = check?.facts?.parts ?? [];
  const rows = Array.isArray(parts) ? parts.filter((one) => one.words) : [];
  el('equipment-parts').replaceChildren(...rows.map((one) => make('li', {}, one.words)));
}
