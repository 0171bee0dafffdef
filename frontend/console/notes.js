/** Notes: a letter opens one for its criterion, bound to the second at which it was opened. */
import { find, icon, make, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { leading } from '../marks/leading.js';
import { composes } from './keys.js';
import { minutes } from './times.js';

/** @typedef {import('./sheet.js').Sheet} Sheet */
/** @typedef {import('../marks/cells.js').Note} Note */
/** @typedef {import('./grid.js').Criterion} Criterion */
/** @typedef {{jump: (second: number) => void, duration: number|null}} Review `duration`: null while there is none to hear */

/**
 * @param {Criterion[]} criteria
 * @param {() => Sheet|null} sheet
 * @param {Pick<import('./marks.js').Around, 'moment'|'review'|'move'>} around
 * @param {import('./grid.js').Scale} scale
 * @param {(criterion: string) => void} show makes a criterion the active one
 * @param {import('./drafts.js').Draft} draft
 */
export function makeNotes(criteria, sheet, { moment, review, move }, scale, show, draft) {
  const field = find('#compose-text', HTMLInputElement);
  const choice = find('#compose-for', HTMLSelectElement);
  choice.append(...criteria.map(({ key, letter, name }) => make('option', { value: key, label: `${letter}\u2003${name}` }, letter)));
  /** @type {{criterion: string|null, part: number|null, second: number|null, edits: Note|null}|null} */
  let open = null;
  let before = /** @type {Element|null} */ (null);
  let drawn = '';
  let restored = false;

  /**
   * @param {string|null} criterion
   * @param {Note|null} [edits]
   */
  function begin(criterion, edits = null) {
    if (sheet()?.locked) return;
    if (document.activeElement !== field) before = document.activeElement;
    // What is still open was meant for where it was opened.
    if (open) store();
    open = edits ? { criterion, part: edits.part, second: edits.second, edits } : { criterion, ...moment(), edits: null };
    field.value = edits ? edits.text : '';
    paint();
    if (criterion) show(criterion);
    field.focus();
  }

  function leave() {
    open = null;
    field.value = '';
    paint();
    if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
    else field.blur();
    before = null;
  }

  function keep() {
    store();
    leave();
  }

  /** Write what the field has, where there is something. */
  function store() {
    const { part, second, edits } = open ?? { ...moment(), edits: null };
    const criterion = choice.value || null;
    const { thirds, text } = written();
    if (criterion && thirds !== null) sheet()?.setMark(criterion, { thirds, not_assessable: false });
    if (!text) return;
    // It may have been moved meanwhile.
    const now = edits && sheet()?.notes.find((note) => note.client_id === edits.client_id);
    if (edits) sheet()?.editNote({ ...(now ?? edits), text, criterion });
    else sheet()?.addNote({ criterion, part, second, text });
  }

  /** What is written, and the mark that leads a new remark on a criterion. */
  function written() {
    const { thirds, rest } = leading(field.value, scale.labels);
    if (!choice.value || open?.edits || thirds === null) return { thirds: null, text: field.value.trim() };
    return { thirds, text: rest };
  }

  function paint() {
    const criterion = criteria.find(({ key }) => key === open?.criterion);
    choice.hidden = !open;
    choice.value = criterion?.key ?? '';
    field.setAttribute('aria-label', criterion ? say('note_on', { criterion: criterion.name }) : say('note_new'));
    const { thirds } = written();
    const mark = thirds === null ? '' : ` → ${scale.labels[thirds]}`;
    write(find('#compose-at'), open ? `${place(open)}${mark}` : '');
    find('#compose').classList.toggle('vv-marks-compose--open', Boolean(open));
    draft.write(open && field.value ? { ...open, criterion: choice.value || null, text: field.value } : null);
  }

  /** Open again what was being written when the page went, with its criterion and its second. */
  function restore() {
    if (restored) return;
    restored = true;
    const kept = draft.read();
    if (!kept || open) return;
    if (sheet()?.locked) return draft.write(null);
    const { text, ...rest } = kept;
    open = rest;
    field.value = text;
    paint();
    if (document.activeElement === document.body) field.focus();
  }

  find('#compose', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    keep();
  });
  field.addEventListener('input', paint);
  field.addEventListener('focus', () => {
    if (!open) begin(null);
  });
  choice.addEventListener('change', () => {
    if (open) open.criterion = choice.value || null;
    paint();
    field.focus();
  });
  field.addEventListener('blur', ({ relatedTarget }) => {
    if (relatedTarget !== choice && open && !field.value.trim()) {
      open = null;
      paint();
    }
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || composes(event)) return;
    event.preventDefault();
    event.stopPropagation();
    leave();
  });
  for (const button of document.querySelectorAll('[data-note-for]')) {
    button.addEventListener('click', () => begin(/** @type {HTMLElement} */ (button).dataset.noteFor ?? null));
  }
  return { begin, draw };

  function draw() {
    const known = sheet();
    if (!known) return;
    restore();
    const key = JSON.stringify([known.notes, known.locked, review.duration !== null]);
    if (key === drawn) return;
    drawn = key;
    const list = find('#notes');
    const held = document.activeElement?.closest('[data-note]');
    const name = held instanceof HTMLElement ? held.dataset.note : undefined;
    const fresh = known.notes.length > list.childElementCount;
    list.replaceChildren(...known.notes.map((note) => row(note, known.locked)));
    if (known.notes.length === 0) list.append(make('li', { class: 'vv-marks-list__none' }, say(known.locked ? 'notes_none_given' : 'notes_none')));
    else if (name !== undefined) focusOn(list.querySelector(`[data-note="${name}"] .vv-marks-note__at`));
    else if (fresh) list.scrollTop = list.scrollHeight;
  }

  /**
   * @param {Note} note
   * @param {boolean} locked
   */
  function row(note, locked) {
    const criterion = criteria.find(({ key }) => key === note.criterion);
    const at = note.second;
    const heard = at !== null && review.duration !== null;
    const time = make(heard ? 'button' : 'span', heard ? { type: 'button', class: 'vv-marks-note__at vv-digits', title: say('note_jump') } : { class: 'vv-marks-note__at vv-digits' }, place(note));
    if (heard) time.addEventListener('click', () => review.jump(at));
    if (heard && !locked) {
      time.addEventListener('keydown', (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (!step || !event.shiftKey) return;
        event.preventDefault();
        move(note.client_id, at + step);
      });
    }
    const letter = make('span', { class: 'vv-marks-note__for', title: criterion?.name ?? say('note_free') }, criterion?.letter ?? '·');
    const words = make('span', { class: 'vv-marks-note__text' }, note.text);
    if (locked) return make('li', { class: 'vv-marks-note', 'data-note': note.client_id }, time, letter, words);
    const edit = make('button', { type: 'button', class: 'vv-quiet', title: say('note_edit'), 'aria-label': say('note_edit_of', { text: note.text }) }, icon('pencil'));
    edit.addEventListener('click', () => begin(note.criterion, note));
    const remove = make('button', { type: 'button', class: 'vv-quiet', title: say('note_remove'), 'aria-label': say('note_remove_of', { text: note.text }) }, icon('trash'));
    remove.addEventListener('click', () => sheet()?.removeNote(note.client_id));
    return make('li', { class: 'vv-marks-note', 'data-note': note.client_id }, time, letter, words, edit, remove);
  }
}

/** @param {Element|null} element */
const focusOn = (element) => element instanceof HTMLElement && element.focus();

/** @param {{part: number|null, second: number|null}} where */
function place(where) {
  if (where.second === null) return where.part ? `${where.part}` : '—';
  return where.part ? `${where.part} · ${minutes(where.second)}` : minutes(where.second);
}

