/** Where the focus goes when what had it went with the state: to the act that leads on, so that Enter does it. */

/** @typedef {import('./oral.js').State} State */

/** @type {Partial<Record<State['state'], {act: string, title: string}>>} where an act leads on, and what names its place while it may not be done yet */
const NEXT = {
  planned: { act: 'open', title: 'lobby-title' },
  open: { act: 'admit', title: 'lobby-title' },
  identity: { act: 'picture', title: 'identity-title' },
  ready: { act: 'start', title: 'script-title' },
};

/** @returns {(state: State) => void} draws it, once everything else is drawn */
export function makeHanding() {
  /** @type {State['state']|undefined} */ let before;
  /** @type {HTMLElement|null} the title that has the focus until its act may be done */ let waiting = null;

  // A key that is held does one thing, not also what comes to lie under it.
  document.addEventListener('keydown', (event) => {
    if (event.repeat && event.key === 'Enter' && event.target instanceof HTMLButtonElement) event.preventDefault();
  });

  return function draw({ state }) {
    const entered = before !== undefined && before !== state;
    before = state;
    const at = document.activeElement;
    const lost = !at || at === document.body || !at.checkVisibility();
    if (!(entered && lost) && !(waiting && at === waiting)) return;
    waiting = null;
    const next = NEXT[state];
    if (!next) return;
    const act = document.getElementById(next.act);
    if (act instanceof HTMLButtonElement && !act.disabled) return act.focus();
    waiting = document.getElementById(next.title);
    if (!waiting || waiting === at) return;
    waiting.tabIndex = -1;
    waiting.focus();
  };
}
