/** Before the interview: who waits, with what equipment, what is to be arranged, and the doors. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { hour, span } from './times.js';

/** @typedef {import('./oral.js').Oral} Oral */

/**
 * @param {Oral} oral
 * @param {import('./oral.js').DoAct} act
 * @param {() => void} report opens the incident dialog for an absence
 */
export function makeLobby(oral, act, report) {
  find('#open', HTMLButtonElement).addEventListener('click', () => act('open'));
  find('#admit', HTMLButtonElement).addEventListener('click', () => act('admit'));
  find('#absent-open', HTMLButtonElement).addEventListener('click', report);

  return function draw() {
    const state = oral.state;
    const candidate = state.candidate;
    const open = state.state === 'open';
    const waits = Boolean(candidate.waiting_since) && candidate.present;
    write(find('#lobby-when'), say('appointment', { from: hour(state.appointment.starts_at), to: hour(state.appointment.ends_at) }));
    const who = candidate.name.split(' ')[0];
    write(find('#lobby-title'), say(waits ? 'waits' : candidate.waiting_since ? 'left' : 'not_yet', { who }));
    write(find('#lobby-line'), line(oral, open, waits));
    find('#lobby').classList.toggle('vv-console-lobby--waits', waits);
    find('#open', HTMLButtonElement).hidden = !oral.may('open');
    find('#admit', HTMLButtonElement).hidden = !open;
    find('#admit', HTMLButtonElement).disabled = !oral.may('admit') || !candidate.waiting_since;
    const late = oral.now() >= Date.parse(state.absent_from);
    find('#absent').hidden = !(open && !waits && late);
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
    const since = (oral.now() - Date.parse(state.candidate.waiting_since ?? '')) / 1000;
    return say(open ? 'waits_open' : 'waits_closed', { time: span(since) });
  }
  const late = oral.now() >= Date.parse(state.appointment.starts_at);
  return say(open ? 'open_empty' : late ? 'closed_late' : 'closed_empty');
}

/** @param {import('../types/shown').EquipmentShown|null} check */
function equipment(check) {
  const place = find('#equipment');
  const verdict = check?.verdict ?? 'none';
  place.className = `vv-state vv-tone-${{ ready: 'good', fair: 'wait', blocked: 'person', none: 'calm' }[verdict]}`;
  write(place, say(`equipment_${verdict}`));
}
