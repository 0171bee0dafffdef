/** `data-opens="id"` opens that <dialog>; `data-closes` closes the one it stands in. */

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest('[data-opens]');
  if (opener instanceof HTMLElement) {
    const dialog = document.getElementById(opener.dataset.opens ?? '');
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
    return;
  }
  if (event.target.closest('[data-closes]')) event.target.closest('dialog')?.close();
  // A click on the backdrop lands on the dialog itself.
  if (event.target instanceof HTMLDialogElement && event.target.matches('.vv-dialog')) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

// A form sent back with errors inside a dialog opens it again.
for (const dialog of document.querySelectorAll('dialog[data-open-now]')) {
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}
