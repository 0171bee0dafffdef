/** The strip of a watch that ended with the test: it goes by itself once its time is over. */
const strip = /** @type {HTMLElement|null} */ (document.querySelector('[data-strip]'));
const seconds = Number(strip?.dataset.strip);
if (strip) {
  setTimeout(() => {
    // Whoever stands on its button does not lose the place without a word.
    if (strip.contains(document.activeElement)) document.getElementById('main')?.focus();
    strip.remove();
  }, seconds * 1000);
}
