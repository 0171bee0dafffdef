/** What interrupts or ends an oral: incidents, and ending with a moment to think again. */
import { ActError } from '../live/state.js';
import { button, dialog, el, find, make, say } from './page.js';
import { t } from './words.js';

/** @typedef {import('./oral.js').Oral} Oral */

const GRACE_S = 5;

/**
 * @param {Oral} oral
 * @param {(act: string, body?: Record<string, unknown>) => Promise<any>} act
 */
export function makeEndings(oral, act) {
  const kind = find('incident-kind', HTMLSelectElement);
  const note = find('incident-note', HTMLTextAreaElement);
  const fatal = find('incident-fatal', HTMLInputElement);
  /** @type {ReturnType<typeof setInterval>|undefined} */ let clock;

  button('incident-open').addEventListener('click', () => open());
  button('give-up').addEventListener('click', () => {
    open('technical', true);
    if (!note.value) note.value = t('given_up_note', { num: Math.round(oral.state.pause.taken_s / 60) });
  });
  find('incident-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await oral.act('incident', { kind: kind.value, note: note.value.trim(), fatal: fatal.checked });
      dialog('incident').close();
      note.value = '';
    } catch (error) {
      if (!(error instanceof ActError)) throw error;
      el('incident-wrong').hidden = false;
      say(el('incident-wrong'), error.message || t('unreachable'));
    }
  });

  /**
   * @param {string} [sort]
   * @param {boolean} [ends]
   */
  function open(sort = 'technical', ends = false) {
    kind.value = sort;
    fatal.checked = ends;
    el('incident-wrong').hidden = true;
    dialog('incident').showModal();
  }

  const stop = () => {
    clearInterval(clock);
    dialog('ending').close();
  };
  const finish = () => {
    stop();
    act('end');
  };
  // The third part ends by itself after a moment in which one may think again; ending sooner is
  // unusual, and wants a second click.
  button('end').addEventListener('click', () => {
    const last = oral.state?.part === 3;
    let left = GRACE_S;
    const line = () => say(el('ending-line'), last ? t('ending_soon', { num: left }) : t('ending_early'));
    say(el('ending-title'), t(last ? 'ending' : 'ending_early_title'));
    line();
    dialog('ending').showModal();
    if (!last) return;
    clock = setInterval(() => {
      left -= 1;
      line();
      if (left <= 0) finish();
    }, 1000);
  });
  button('ending-stay').addEventListener('click', stop);
  button('ending-go').addEventListener('click', finish);
  dialog('ending').addEventListener('close', () => clearInterval(clock));

  return {
    open,
    draw() {
      const state = oral.state;
      button('incident-open').disabled = !oral.may('incident');
      const end = button('end');
      end.hidden = state.state !== 'running';
      end.disabled = !oral.may('end');
      end.classList.toggle('btn-primary', state.part === 3);
      if (state.state !== 'aborted') return;
      el('aborted-free').hidden = state.ended_by !== 'technical';
      el('aborted-held').hidden = state.ended_by === 'technical';
      say(el('aborted-why'), t(`incident_${state.ended_by ?? 'other'}`));
      const rows = state.incidents.filter((/** @type {any} */ one) => one.note);
      if (el('aborted-list').childElementCount === rows.length) return;
      el('aborted-list').replaceChildren(...rows.map((/** @type {any} */ one) => make('li', {}, one.note)));
    },
  };
}
