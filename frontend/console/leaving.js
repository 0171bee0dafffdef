/** Leaving the page while the candidate is in the room: asked first, whatever leads away. */
import { find } from '../base/dom.js';

const LIVE = ['identity', 'ready', 'running'];

/** @param {import('./oral.js').Oral} oral */
export function askBeforeLeaving(oral) {
  let to = '';
  const holds = () => LIVE.includes(oral.state.state) && !oral.aside;

  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || !holds() || event.ctrlKey || event.metaKey) return;
    if (link.getAttribute('href')?.startsWith('#')) return;
    event.preventDefault();
    to = link.href;
    find('#leaving', HTMLDialogElement).showModal();
  });
  find('#leaving', HTMLDialogElement).addEventListener('close', () => {
    to = '';
  });
  find('#leaving-go', HTMLButtonElement).addEventListener('click', () => {
    removeEventListener('beforeunload', hold);
    location.assign(to);
  });

  /** @param {BeforeUnloadEvent} event the back arrow, a closed tab, another address: the browser asks */
  function hold(event) {
    if (holds()) event.preventDefault();
  }
  addEventListener('beforeunload', hold);
}
