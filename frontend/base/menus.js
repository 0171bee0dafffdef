/** Menus are <details class="vv-menu">: Escape or a click elsewhere closes them. Flashes can go. */

/** @param {Element|null} except */
export function closeMenus(except) {
  for (const menu of document.querySelectorAll('details.vv-menu[open]')) {
    if (menu !== except) menu.removeAttribute('open');
  }
}

// Before anybody else hears of the press: a dialog that a menu opens gives the focus back to its summary.
document.addEventListener(
  'click',
  (event) => {
    if (!(event.target instanceof Element)) return;
    const menu = event.target.closest('[data-opens]')?.closest('details.vv-menu');
    const summary = menu?.querySelector('summary');
    if (summary instanceof HTMLElement) summary.focus();
    if (menu) closeMenus(null);
  },
  { capture: true },
);

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  closeMenus(event.target.closest('details.vv-menu'));
  event.target.closest('[data-dismiss]')?.closest('.vv-alert')?.remove();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('details.vv-menu[open]');
  if (!open) return;
  closeMenus(null);
  const summary = open.querySelector('summary');
  if (summary instanceof HTMLElement) summary.focus();
});
