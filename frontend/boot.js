/**
 * Set light or dark before the first paint: the person's choice, else the system's.
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

apply();
document.documentElement.classList.add('js');
dark.addEventListener('change', apply);
