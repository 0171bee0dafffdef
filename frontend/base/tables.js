/** A row with `data-href` opens it, unless the click meant a link, a control or a selection. */

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element) || event.defaultPrevented) return;
  const row = event.target.closest('tr[data-href]');
  if (!(row instanceof HTMLElement)) return;
  if (event.target.closest('a, button, input, select, label, summary')) return;
  if (String(getSelection() ?? '')) return;
  const link = row.querySelector(`a[href="${CSS.escape(row.dataset.href ?? '')}"]`);
  if (event.ctrlKey || event.metaKey) open(row.dataset.href, '_blank', 'noopener');
  else if (link instanceof HTMLAnchorElement) link.click();
  else location.assign(row.dataset.href ?? '');
});
