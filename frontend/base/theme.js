/** The button [data-theme-toggle] goes from light to dark and back, and the choice is kept. */

const KEY = 'viva.theme';

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element) || !event.target.closest('[data-theme-toggle]')) return;
  const theme = document.documentElement.dataset.bsTheme === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.bsTheme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Refused storage: the choice holds for this page.
  }
});
