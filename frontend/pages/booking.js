/**
 * How long a chosen hour is still kept: a quiet clock, told aloud at five minutes, at one, at none.
 * The way itself needs none of this.
 */

const kept = document.querySelector('[data-left]');
const clock = document.querySelector('[data-clock]');
const said = document.querySelector('[data-said]');
const over = document.querySelector('[data-over]');

const ALOUD = new Set([300, 60]);
const HOUR = 3600;

/** @param {number} seconds @returns {string} minutes and seconds, or nothing for long times */
function words(seconds) {
  if (seconds >= HOUR) return '';
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** @param {HTMLElement} where @param {number} seconds */
function say(where, seconds) {
  const { minutes = '', minute = '' } = where.dataset;
  where.textContent = seconds === 60 ? minute : minutes.replace('…', String(seconds / 60));
}

if (kept instanceof HTMLElement && clock && said instanceof HTMLElement && over instanceof HTMLElement) {
  const ends = performance.now() + Number(kept.dataset.left) * 1000;
  let shown = -1;
  const timer = setInterval(() => {
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    if (left === shown) return;
    shown = left;
    clock.textContent = words(left);
    if (ALOUD.has(left)) say(said, left);
    if (left > 0) return;
    clearInterval(timer);
    kept.hidden = true;
    over.hidden = false;
    said.textContent = over.textContent?.trim() ?? '';
  }, 250);
}
