/**
 * What must stand before the first paint: light or dark, by the person's choice or else the system's;
 * and whether this computer's clock is another than the page's.
 * Classic script in the head; everything else is in app.js.
 */
const KEY = 'viva.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

/** @returns {'light'|'dark'} */
function wanted() {
  let stored = null;
  try {
    stored = localStorage.getItem(KEY);
  } catch {
    // Storage can be refused by the browser; the system's choice then stands.
  }
  if (stored === 'light' || stored === 'dark') return stored;
  return dark.matches ? 'dark' : 'light';
}

function apply() {
  document.documentElement.dataset.bsTheme = wanted();
}

const HALF_A_YEAR = 182 * 86_400_000;

/** @returns {boolean} whether the two clocks differ, now or in half a year */
function elsewhere() {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const page = document.documentElement.dataset.zone ?? here;
  if (here === page) return false;
  /** @param {string} timeZone @param {number} moment */
  const clock = (timeZone, moment) =>
    new Intl.DateTimeFormat('en', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(moment);
  return [Date.now(), Date.now() + HALF_A_YEAR].some((moment) => clock(here, moment) !== clock(page, moment));
}

apply();
document.documentElement.classList.add('js');
document.documentElement.toggleAttribute('data-other-clock', elsewhere());
dark.addEventListener('change', apply);
