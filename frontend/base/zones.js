/**
 * `[data-other-zone]` is shown where this computer's clock and the page's differ, now or in half
 * a year; the page keeps its one clock. `[data-zone-here]` within it names the computer's zone, by the
 * words of `[data-zones]` where the page lists zones: then a form `[data-zone-offer]` takes it over.
 * Where both agree it stays hidden.
 */
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const page = document.documentElement.dataset.zone ?? here;
const HALF_A_YEAR = 182 * 86_400_000;

/** @param {string} timeZone @param {number} moment */
const clock = (timeZone, moment) =>
  new Intl.DateTimeFormat('en', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(moment);

const moments = [Date.now(), Date.now() + HALF_A_YEAR];
if (moments.some((moment) => clock(here, moment) !== clock(page, moment))) {
  const listed = document.querySelector(`[data-zones] option[value="${CSS.escape(here)}"]`);
  const city = listed?.textContent ?? (here.split('/').at(-1) ?? here).replaceAll('_', ' ');
  for (const note of document.querySelectorAll('[data-other-zone]')) {
    for (const name of note.querySelectorAll('[data-zone-here]')) name.textContent = city;
    const offer = note.querySelector('[data-zone-offer]');
    const wanted = offer?.querySelector('[name=timezone]');
    if (listed && offer && wanted instanceof HTMLInputElement) {
      wanted.value = here;
      offer.removeAttribute('hidden');
    }
    note.removeAttribute('hidden');
  }
}
