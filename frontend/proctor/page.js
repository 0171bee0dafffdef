/** What the page itself notices: left, out of full screen, copied from, pasted into, two displays. */
import { freshKey, moment, Span } from './span.js';

/** A window that loses the focus for less than this was only clicked past. */
const BLUR_MS = 1000;

/**
 * @param {import('./span.js').Tell} tell
 * @param {Element|null} screen the element that goes full screen; null: leaving that is not noticed
 * @returns {{stop: () => void, can: Record<string, string>}}
 */
export function watchPage(tell, screen) {
  const over = new AbortController();
  const { signal } = over;
  const left = new Span('tab_left', tell);
  const aside = new Span('tab_left', tell, { grace: BLUR_MS });
  const unfolded = new Span('full_screen_left', tell);
  const displays = new Span('second_screen', tell);
  let wasFull = document.fullscreenElement !== null;

  const look = () => {
    left.set(document.hidden, { how: 'tab' });
    aside.set(!document.hidden && !document.hasFocus(), { how: 'window' });
    displays.set(Boolean(/** @type {any} */ (window.screen).isExtended));
  };
  const turn = () => {
    const full = document.fullscreenElement !== null;
    if (screen) unfolded.set(wasFull && !full);
    if (full) wasFull = true;
  };
  /** @param {'copy'|'paste'} kind */
  const clip = (kind) => (/** @type {Event} */ event) => {
    const data = /** @type {ClipboardEvent} */ (event).clipboardData;
    const words = kind === 'paste' ? (data?.getData('text/plain') ?? '') : String(getSelection() ?? '');
    // How much, never what.
    tell({ key: freshKey(), kind, at: moment(), lasted: 0, detail: { characters: words.length } });
  };
  const on = (/** @type {EventTarget} */ target, /** @type {string} */ name, /** @type {(event: Event) => void} */ act) =>
    target.addEventListener(name, act, { signal });

  on(document, 'visibilitychange', look);
  on(window, 'blur', look);
  on(window, 'focus', look);
  on(document, 'fullscreenchange', turn);
  on(document, 'copy', clip('copy'));
  on(document, 'cut', clip('copy'));
  on(document, 'paste', clip('paste'));
  if ('onchange' in window.screen) on(/** @type {EventTarget} */ (/** @type {unknown} */ (window.screen)), 'change', look);
  const timer = setInterval(look, 500);
  look();

  return {
    stop() {
      over.abort();
      clearInterval(timer);
      for (const span of [left, aside, unfolded, displays]) span.end();
    },
    can: {
      full_screen: screen && document.fullscreenEnabled ? 'on' : 'no',
      second_screen: 'isExtended' in window.screen ? 'on' : 'not_told',
    },
  };
}
