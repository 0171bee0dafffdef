/**
 * Signing out leaves nothing on this computer, unless it holds marks that the server has not got:
 * these stay, whoever's they are, until they have been sent.
 */
const PATIENCE_MS = 1500;
const MARKS = 'viva-marks';

/** @returns {Promise<number>} how many operations this browser keeps; a failure is one that may matter */
function kept() {
  return new Promise((resolve) => {
    setTimeout(() => resolve(1), PATIENCE_MS);
    const opening = indexedDB.open(MARKS);
    opening.onerror = () => resolve(1);
    opening.onsuccess = () => {
      const database = opening.result;
      if (!database.objectStoreNames.contains('operations')) return resolve(0);
      const counting = database.transaction('operations').objectStore('operations').count();
      counting.onsuccess = () => resolve(counting.result);
      counting.onerror = () => resolve(1);
    };
  });
}

document.addEventListener('submit', async (event) => {
  const form = event.target instanceof HTMLFormElement && event.target.matches('[data-sign-out]') ? event.target : null;
  if (!form || form.dataset.signOut === 'ready') return;
  event.preventDefault();
  const left = await kept().catch(() => 1);
  const clean = form.elements.namedItem('clean');
  if (clean instanceof HTMLInputElement) clean.value = left === 0 ? '1' : '';
  form.dataset.signOut = 'ready';
  form.requestSubmit();
});
