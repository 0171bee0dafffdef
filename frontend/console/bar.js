/** The thin header: the three parts' time, the total, recording, both networks. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { drawPins } from './pins.js';
import { locale, minutes } from './times.js';

/** @typedef {import('./oral.js').Oral} Oral */

/** @param {Oral} oral */
export function drawBar(oral) {
  const state = oral.state;
  let total = 0;
  for (const part of state.parts) {
    const place = document.querySelector(`.vv-console-part[data-part="${part.part}"]`);
    if (!(place instanceof HTMLElement)) continue;
    const elapsed = oral.elapsed(part);
    total += elapsed;
    write(/** @type {Element} */ (place.querySelector('[data-name]')), locale === 'en' ? part.name_en : part.name_fr);
    write(/** @type {Element} */ (place.querySelector('[data-elapsed]')), minutes(elapsed));
    write(/** @type {Element} */ (place.querySelector('[data-soft]')), minutes(part.soft_s));
    const bar = /** @type {HTMLProgressElement} */ (place.querySelector('progress'));
    bar.max = part.soft_s;
    bar.value = Math.min(elapsed, part.soft_s);
    place.dataset.look = look(part, elapsed);
    drawPins(/** @type {Element} */ (place.querySelector('[data-pins]')), part, state.incidents);
    if (part.running) place.setAttribute('aria-current', 'step');
    else place.removeAttribute('aria-current');
  }
  write(find('#total'), minutes(total));
  find('#parts').classList.toggle('vv-console-parts--still', oral.stale);
  find('#rec').hidden = state.recording.state !== 'running';
  find('#rec-failed').hidden = state.recording.state !== 'failed' || state.state !== 'running';
  net('net-candidate', state.candidate.media_up && !['ended', 'aborted'].includes(state.state) ? state.candidate.quality.bars ?? undefined : undefined, 'net_candidate');
}

/**
 * @param {import('../types/shown').OralPart} part
 * @param {number} elapsed
 */
function look(part, elapsed) {
  if (part.paused) return 'paused';
  if (elapsed >= part.hard_s) return part.running ? 'over' : 'done-late';
  if (elapsed >= part.soft_s) return part.running ? 'late' : 'done-late';
  if (part.running) return 'running';
  return part.ended_at ? 'done' : 'later';
}

/**
 * @param {'net-self'|'net-candidate'} id
 * @param {number|undefined} bars 0 to 4, undefined when nothing is known
 * @param {string} whose key of the words
 */
export function net(id, bars, whose) {
  const row = find(`#${id}-row`);
  row.hidden = bars === undefined;
  if (bars === undefined) return;
  const place = /** @type {SVGElement} */ (row.querySelector('svg'));
  place.dataset.bars = String(bars);
  const words = `${say(whose)} ${say(`net_${bars}`)}`;
  if (place.getAttribute('aria-label') !== words) {
    place.setAttribute('aria-label', words);
    row.title = words;
  }
}
