/** The scoresheet as the page shows it: every change at once, whether the server has it or not. */
import { changesIn, freshName, markOf, notesOf, operation, rivalsOf } from '../marks/cells.js';
import { Sync } from '../marks/sync.js';

/** @typedef {import('../marks/cells.js').Mark} Mark */
/** @typedef {import('../marks/cells.js').Note} Note */
/** @typedef {import('../marks/cells.js').Kind} Kind */
/** @typedef {import('../marks/cells.js').Wanted} Wanted */

/** Events: `change` (draw again). */
export class Sheet extends EventTarget {
  #sync;

  /**
   * @param {import('../marks/cells.js').Known} known as the server gave it
   * @param {{user: number, interview: number|string, most_changes: number}} who
   */
  constructor(known, who) {
    super();
    this.#sync = new Sync(known, who);
    this.#sync.addEventListener('change', () => this.dispatchEvent(new Event('change')));
  }

  get locked() {
    return this.#sync.known.state !== 'draft';
  }

  /** @returns {'saved'|'bare'|'unreadable'|'keeping'|'sending'|'kept'|'server'|'signed_out'|'unkept'} */
  get saving() {
    const { pending, keeping, keeps, trouble, unreadable } = this.#sync;
    if (pending.length === 0) return unreadable ? 'unreadable' : keeps ? 'saved' : 'bare';
    if (keeping) return 'keeping';
    if (trouble && !keeps) return 'unkept';
    if (trouble) return trouble === 'network' ? 'kept' : trouble;
    return navigator.onLine ? 'sending' : 'kept';
  }

  /** @returns {number} how many changes only this browser has */
  get waiting() {
    return changesIn(this.#sync.pending);
  }

  /** @returns {import('../marks/store.js').Kept[]} what came too late for the submitted sheet */
  get late() {
    return this.#sync.late;
  }

  /**
   * @param {string} criterion
   * @returns {Mark}
   */
  mark(criterion) {
    return markOf(this.#sync.known, this.#sync.pending, criterion);
  }

  /** @returns {Note[]} in the order of the recording */
  get notes() {
    return notesOf(this.#sync.known, this.#sync.pending);
  }

  /**
   * @param {string} criterion
   * @param {'level'|'nothing'} kind
   * @returns {Record<string, any>[]} the values between which one must choose, or none
   */
  rivals(criterion, kind) {
    return rivalsOf(this.#sync.known, this.#sync.pending, criterion, kind);
  }

  /**
   * @param {string} criterion
   * @returns {('choice'|'mark'|'reason'|'evidence')[]} what it lacks before the sheet can be submitted
   */
  lacks(criterion) {
    const mark = this.mark(criterion);
    /** @type {('choice'|'mark'|'reason'|'evidence')[]} */
    const lacks = [];
    if (this.rivals(criterion, 'level').length > 0 || this.rivals(criterion, 'nothing').length > 0) lacks.push('choice');
    if (mark.thirds === null && !mark.not_assessable) lacks.push('mark');
    else if (mark.not_assessable && !mark.reason.trim()) lacks.push('reason');
    const noted = this.notes.some((note) => note.criterion === criterion);
    if (!noted && !mark.nothing_to_add && !(mark.not_assessable && mark.reason.trim())) lacks.push('evidence');
    return lacks;
  }

  /**
   * @param {string} criterion
   * @param {Partial<Mark>} part what changes
   */
  setMark(criterion, part) {
    const { nothing_to_add, ...mark } = { ...this.mark(criterion), ...part };
    if ('nothing_to_add' in part) this.#write('nothing', criterion, { nothing_to_add });
    if (!('thirds' in part || 'not_assessable' in part || 'reason' in part)) return;
    const { not_assessable } = mark;
    this.#write('level', criterion, { not_assessable, thirds: not_assessable ? null : mark.thirds, reason: not_assessable ? mark.reason : '' });
  }

  /**
   * Settle on one of the values that devices wrote without knowing of each other.
   * @param {string} criterion
   * @param {'level'|'nothing'} kind
   * @param {Record<string, any>} value
   */
  choose(criterion, kind, value) {
    this.#write(kind, criterion, value, true);
  }

  /** @param {Omit<Note, 'client_id'>} note */
  addNote(note) {
    this.editNote({ client_id: freshName(), ...note });
  }

  /** @param {Note} note the whole of it, as it shall be */
  editNote({ client_id, text, criterion, part, second }) {
    this.#write('note', client_id, { text, criterion, part, second });
  }

  /** @param {string} client_id */
  removeNote(client_id) {
    this.#write('removal', client_id, {});
  }

  /** Write what came too late into this sheet, which was opened again. */
  async recover() {
    for (const { kind, place, value } of this.late) this.#write(kind, place, value);
    await this.#sync.forget();
  }

  /** Take what came too late out of this browser. */
  forget() {
    return this.#sync.forget();
  }

  /**
   * Submit what is on the screen. Throws an RequestError.
   * @param {string} [comment] the reasons of whoever settles two that differ
   * @returns {Promise<boolean>} false: something has not reached the server yet
   */
  submit(comment = '') {
    return this.#sync.submit(comment);
  }

  /**
   * @param {Kind} kind
   * @param {string} place
   * @param {Record<string, any>} value
   * @param {boolean} [chooses]
   */
  #write(kind, place, value, chooses) {
    if (this.locked) return;
    const wanted = /** @type {Wanted} */ ({ kind, place, value: readable(value), ...(chooses ? { chooses } : {}) });
    this.#sync.push(operation(this.#sync.known, this.#sync.pending, wanted));
  }
}

/**
 * Without what was pasted and no server reads: control characters, halves of characters.
 * @param {Record<string, any>} value
 */
function readable(value) {
  const clean = (/** @type {unknown} */ part) => (typeof part === 'string' ? part.toWellFormed().replace(/\p{Cc}/gu, ' ') : part);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, clean(part)]));
}
