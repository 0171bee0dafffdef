/**
 * Forms are sent once: the button pressed says so until the page changes; `data-repeat` lifts that
 * (the answer is a file). `data-autosubmit` sends a form when a choice in it changes; `data-dirty`
 * asks before leaving. After a refused form the first field in error has the focus.
 */

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
  delete form.dataset.changed;
  if (form.method !== 'post' || form.matches('[hx-post], [data-hx-post], [data-repeat]')) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  for (const button of form.querySelectorAll('button:not([type=button])')) {
    button.setAttribute('aria-disabled', 'true');
  }
});

// Coming back by the browser's history shows the page as it was left: unlock it.
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) {
    if (form instanceof HTMLFormElement) delete form.dataset.sent;
    for (const button of form.querySelectorAll('[aria-disabled]')) {
      button.removeAttribute('aria-disabled');
    }
  }
});

document.addEventListener('change', (event) => {
  if (!(event.target instanceof Element)) return;
  const form = event.target.closest('form');
  if (!form) return;
  if ('dirty' in form.dataset) form.dataset.changed = 'yes';
  if ('autosubmit' in form.dataset) form.requestSubmit();
});

addEventListener('beforeunload', (event) => {
  if (document.querySelector('form[data-changed]')) event.preventDefault();
});

const wrong = document.querySelector('main [aria-invalid="true"]');
if (wrong instanceof HTMLElement) wrong.focus();
