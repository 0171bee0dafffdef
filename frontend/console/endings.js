/** What interrupts or ends an oral: incidents, and ending with a moment to think again. */
import { find, make, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { RequestError } from '../base/http.js';
import { announce } from './announce.js';
import { keepWords } from './drafts.js';
import { grace } from './grace.js';
import { composes } from './keys.js';

/** @typedef {import('./oral.js').Oral} Oral */

/**
 * @param {Oral} oral
 * @param {import('./oral.js').DoAct} act
 * @param {{hurry: () => Promise<unknown>}} turning the next part, where it was asked for
 * @param {import('./drafts.js').Draft} draft of what an incident was
 */
export function makeEndings(oral, act, turning, draft) {
  const kind = find('#incident-kind', HTMLSelectElement);
  const note = find('#incident-note', HTMLTextAreaElement);
  const put = keepWords(note, draft);
  const fatal = find('#incident-fatal', HTMLInputElement);
  const sheet = find('#incident', HTMLDialogElement);
  let stop = () => {};

  find('#incident-open', HTMLButtonElement).addEventListener('click', () => open());
  find('#give-up', HTMLButtonElement).addEventListener('click', () => {
    open('technical', true);
    if (!note.value) put(say('given_up_note', { num: Math.round(oral.state.pause.taken_s / 60) }));
  });
  find('#incident-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const what = /** @type {import('../types/posted').IncidentKind} */ (kind.value);
      await oral.act('incident', { kind: what, note: note.value.trim(), fatal: fatal.checked });
      sheet.close();
      put('');
      announce(say('incident_told'));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      find('#incident-wrong').hidden = false;
      write(find('#incident-wrong'), error.message || say('unreachable'));
    }
  });

  /**
   * @param {string} [sort]
   * @param {boolean} [ends]
   */
  function open(sort = 'technical', ends = false) {
    kind.value = sort;
    fatal.checked = ends;
    find('#incident-wrong').hidden = true;
    if (!sheet.open) sheet.show();
    kind.focus();
  }

  // The oral goes on beside the sheet: it is no modal dialog, and closes as everything else does.
  sheet.addEventListener('keydown', (event) => {
    if (composes(event)) return;
    if (event.key === 'Escape') sheet.close();
    else if (event.key !== 'Enter' || event.shiftKey || event.target !== note) return;
    else find('#incident-form', HTMLFormElement).requestSubmit();
    event.preventDefault();
    event.stopPropagation();
  });
  sheet.addEventListener('close', () => find('#incident-open').focus());

  const finish = () => {
    find('#ending', HTMLDialogElement).close();
    act('end');
  };
  // The third part ends by itself after a moment in which one may think again; ending sooner is
  // unusual, and wants a second click.
  find('#end', HTMLButtonElement).addEventListener('click', async () => {
    await turning.hurry();
    const last = oral.state.part === 3;
    write(find('#ending-title'), say(last ? 'ending' : 'ending_early_title'));
    find('#ending', HTMLDialogElement).showModal();
    find('#ending-go', HTMLButtonElement).focus();
    if (last) stop = grace((left) => write(find('#ending-line'), say('ending_soon', { num: left })), finish);
    else write(find('#ending-line'), say('ending_early'));
  });
  find('#ending-go', HTMLButtonElement).addEventListener('click', finish);
  find('#ending', HTMLDialogElement).addEventListener('close', () => stop());

  return {
    open,
    draw() {
      const state = oral.state;
      find('#incident-open', HTMLButtonElement).disabled = !oral.may('incident');
      const end = find('#end', HTMLButtonElement);
      end.hidden = state.state !== 'running';
      end.disabled = !oral.may('end');
      end.classList.toggle('btn-primary', state.part === 3);
      if (state.state !== 'aborted') return;
      find('#aborted-free').hidden = state.ended_by !== 'technical';
      find('#aborted-held').hidden = state.ended_by === 'technical';
      write(find('#aborted-why'), say(`incident_${state.ended_by ?? 'other'}`));
      const rows = state.incidents.filter(({ note: words }) => words);
      if (find('#aborted-list').childElementCount === rows.length) return;
      find('#aborted-list').replaceChildren(...rows.map((incident) => make('li', {}, incident.note)));
    },
  };
}
