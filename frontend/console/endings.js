/** What interrupts or ends an oral: incidents, and ending with a moment to think again. */
import { find, make, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { RequestError } from '../base/http.js';

/** @typedef {import('./oral.js').Oral} Oral */

const GRACE_S = 5;

/**
 * @param {Oral} oral
 * @param {import('./oral.js').DoAct} act
 */
export function makeEndings(oral, act) {
  const kind = find('#incident-kind', HTMLSelectElement);
  const note = find('#incident-note', HTMLTextAreaElement);
  const fatal = find('#incident-fatal', HTMLInputElement);
  /** @type {ReturnType<typeof setInterval>|undefined} */ let clock;

  find('#incident-open', HTMLButtonElement).addEventListener('click', () => open());
  find('#give-up', HTMLButtonElement).addEventListener('click', () => {
    open('technical', true);
    if (!note.value) note.value = say('given_up_note', { num: Math.round(oral.state.pause.taken_s / 60) });
  });
  find('#incident-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const what = /** @type {import('../types/posted').IncidentKind} */ (kind.value);
      await oral.act('incident', { kind: what, note: note.value.trim(), fatal: fatal.checked });
      find('#incident', HTMLDialogElement).close();
      note.value = '';
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
    find('#incident', HTMLDialogElement).showModal();
  }

  const stop = () => {
    clearInterval(clock);
    find('#ending', HTMLDialogElement).close();
  };
  const finish = () => {
    stop();
    act('end');
  };
  // The third part ends by itself after a moment in which one may think again; ending sooner is
  // unusual, and wants a second click.
  find('#end', HTMLButtonElement).addEventListener('click', () => {
    const last = oral.state?.part === 3;
    let left = GRACE_S;
    const line = () => write(find('#ending-line'), last ? say('ending_soon', { num: left }) : say('ending_early'));
    write(find('#ending-title'), say(last ? 'ending' : 'ending_early_title'));
    line();
    find('#ending', HTMLDialogElement).showModal();
    if (!last) return;
    clock = setInterval(() => {
      left -= 1;
      line();
      if (left <= 0) finish();
    }, 1000);
  });
  find('#ending-stay', HTMLButtonElement).addEventListener('click', stop);
  find('#ending-go', HTMLButtonElement).addEventListener('click', finish);
  find('#ending', HTMLDialogElement).addEventListener('close', () => clearInterval(clock));

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
