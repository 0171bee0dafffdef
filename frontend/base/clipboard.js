/** `data-copy="#id"` copies that field's value; `data-copied` holds the word said afterwards. */

/** @param {HTMLElement} button */
async function copy(button) {
  const source = document.querySelector(button.dataset.copy ?? '');
  if (!source) return;
  const text = 'value' in source ? String(source.value) : source.textContent.trim();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without permission the text is selected, so that a keystroke copies it.
    if (source instanceof HTMLInputElement) source.select();
    return;
  }
  const word = button.querySelector('[data-copy-word]');
  if (!word || button.dataset.said) return;
  button.dataset.said = word.textContent ?? '';
  word.textContent = button.dataset.copied ?? '';
  setTimeout(() => {
    word.textContent = button.dataset.said ?? '';
    delete button.dataset.said;
  }, 2000);
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-copy]');
  if (button instanceof HTMLElement) copy(button);
});
