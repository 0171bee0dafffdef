/** The thin header: the three parts' time, the total, recording, both networks. */
import { el, say } from './page.js';
import { locale, minutes, t } from './words.js';

/** @typedef {import('./oral.js').Oral} Oral */

/** @param {Oral} oral */
export function drawBar(oral) {
  const state = oral.state;
  let total = 0;
  for (const part of state.parts) {
    const place = document.querySelector(`.vc-part[data-part="${part.part}"]`);
    if (!(place instanceof HTMLElement)) continue;
    const elapsed = oral.elapsed(part);
    total += elapsed;
    say(/** @type {Element} */ (place.querySelector('[data-name]')), locale === 'en' ? part.name_en : part.name_fr);
    say(/** @type {Element} */ (place.querySelector('[data-elapsed]')), minutes(elapsed));
    say(/** @type {Element} */ (place.querySelector('[data-soft]')), minutes(part.soft_s));
    const bar = /** @type {HTMLProgressElement} */ (place.querySelector('progress'));
    bar.max = part.soft_s;
    bar.value = Math.min(elapsed, part.soft_s);
    place.dataset.look = look(part, elapsed);
    if (part.running) place.setAttribute('aria-current', 'step');
    else place.removeAttribute('aria-current');
  }
  say(el('total'), minutes(total));
  el('parts').classList.toggle('vc-parts--still', oral.stale);
  el('rec').hidden = state.recording.state !== 'running';
  el('rec-failed').hidden = state.recording.state !== 'failed' || state.state !== 'running';
  net('net-candidate', state.candidate.media_up && !['ended', 'aborted'].includes(state.state) ? state.candidate.quality?.bars : undefined, 'net_candidate');
}

/**
 * @param {Record<string, any>} part
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
  const row = el(`${id}-row`);
  row.hidden = bars === undefined;
  if (bars === undefined) return;
  const place = /** @type {SVGElement} */ (row.querySelector('svg'));
  place.dataset.bars = String(bars);
  const words = `${t(whose)} ${t(`net_${bars}`)}`;
  if (place.getAttribute('aria-label') !== words) {
    place.setAttribute('aria-label', words);
    row.title = words;
  }
}
