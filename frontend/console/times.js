/** Hours, days and lengths of time, in the page's language. */

/** The language of the page. */
export const locale = document.documentElement.lang === 'en' ? 'en' : 'fr';

const zone = document.documentElement.dataset.zone;

/**
 * @param {string} iso
 * @returns {string} e.g. « 14:30 » in the person's zone
 */
export function hour(iso) {
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'fr-FR', {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: zone,
  }).format(new Date(iso));
}

/**
 * @param {string} iso a day
 * @returns {string} e.g. « 4 mai 1990 »
 */
export function day(iso) {
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'fr-FR', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(iso));
}

/**
 * @param {number} seconds
 * @returns {string} mm:ss
 */
export function minutes(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return `${pad(Math.floor(whole / 60))}:${pad(whole % 60)}`;
}

/**
 * @param {number} seconds
 * @returns {string} a length in words, e.g. « 40 s », then « 3 min »: never to be taken for an hour
 */
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 60 ? `${whole}\u00a0s` : `${Math.floor(whole / 60)}\u00a0min`;
}
