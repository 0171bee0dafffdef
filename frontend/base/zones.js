/**
 * `[data-other-zone]` is shown where this computer's clock and the account's differ, now or in half
 * a year; `[data-zone-here]` within it names the computer's zone. Where both agree it stays hidden.
 */
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const account = document.documentElement.dataset.zone ?? here;
const HALF_A_YEAR = 182 * 86_400_000;

/** @param {string} timeZone @param {number} moment */
const clock = (timeZone, moment) =>
  new Intl.DateTimeFormat('en', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(moment);

const moments = [Date.now(), Date.now() + HALF_A_YEAR];
if (moments.some((moment) => clock(here, moment) !== clock(account, moment))) {
  for (const note of document.querySelectorAll('[data-other-zone]')) {
    const name = note.querySelector('[data-zone-here]');
    if (name) name.textContent = (here.split('/').at(-1) ?? here).replaceAll('_', ' ');
    note.removeAttribute('hidden');
  }
}
