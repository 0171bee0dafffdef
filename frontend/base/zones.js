/**
 * `[data-other-zone]` is shown where this computer's clock is not the page's, which keeps its one: as
 * `boot.js` told before anything was drawn. `[data-zone-here]` within it names the computer's zone, by
 * the words of `[data-zones]` where the page lists zones: a form `[data-zone-offer]` takes it over, if
 * it is listed.
 */
if ('otherClock' in document.documentElement.dataset) {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const listed = document.querySelector(`[data-zones] option[value="${CSS.escape(here)}"]`);
  const city = listed?.textContent ?? (here.split('/').at(-1) ?? here).replaceAll('_', ' ');
  for (const note of document.querySelectorAll('[data-other-zone]')) {
    for (const name of note.querySelectorAll('[data-zone-here]')) name.textContent = city;
    const offer = note.querySelector('[data-zone-offer]');
    const wanted = offer?.querySelector('[name=timezone]');
    if (listed && wanted instanceof HTMLInputElement) wanted.value = here;
    else offer?.setAttribute('hidden', '');
  }
}
