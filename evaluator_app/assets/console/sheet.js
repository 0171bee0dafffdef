/**
 * The scoresheet in this browser: every change is shown at once, sent at once, and kept here until
 * the server has it. What is not yet sent survives a reload.
 */
import { ActError, ask } from '../live/state.js';

const BACKOFF_MS = [1000, 2000, 4000, 8000];

/**
 * @typedef {object} Mark
 * @property {number|null} thirds
 * @property {boolean} not_assessable
 * @property {string} reason
 * @property {boolean} nothing_to_add
 *
 * @typedef {object} Note
 * @property {string} client_id
 * @property {string|null} criterion
 * @property {number|null} part
 * @property {number|null} second
 * @property {string} text
 *
 * @typedef {{kind: 'mark', criterion: string, body: Mark} | {kind: 'add', note: Note} |
 *   {kind: 'edit', note: Note} | {kind: 'remove', client_id: string}} Change
 */

/** @type {Mark} */
const BLANK = { thirds: null, not_assessable: false, reason: '', nothing_to_add: false };

/** Events: `change` (draw again), `saving` (the state of saving), `refused` (a change was not taken). */
export class Sheet extends EventTarget {
  /** @type {Record<string, any>} */ #known;
  /** @type {Change[]} */ #queue = [];
  /** @type {'saved'|'saving'|'kept'} */ saving = 'saved';
  /** @type {Promise<void>|null} */ #flight = null;
  #attempt = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  /** @param {Record<string, any>} known as the server gave it */
  constructor(known) {
    super();
    this.#known = known;
    this.address = `/evaluator/scoresheets/${known.id}`;
    this.#shelf = `viva.sheet.${known.id}`;
    this.#queue = this.#kept();
    addEventListener('online', () => this.#send());
    if (this.#queue.length > 0) this.#send();
  }

  #shelf;

  get locked() {
    return this.#known.state !== 'draft';
  }

  get version() {
    return this.#known.version;
  }

  get correctionReason() {
    return this.#known.reason;
  }

  get submittedAt() {
    return this.#known.submitted_at;
  }

  /**
   * @param {string} criterion
   * @returns {Mark} as it will be once everything is sent
   */
  mark(criterion) {
    let mark = { ...BLANK, ...this.#known.marks[criterion] };
    for (const change of this.#queue) {
      if (change.kind === 'mark' && change.criterion === criterion) mark = { ...change.body };
    }
    return mark;
  }

  /** @returns {Note[]} in the order of the recording */
  get notes() {
    /** @type {Map<string, Note>} */
    const notes = new Map(this.#known.notes.map((/** @type {Note} */ note) => [note.client_id, note]));
    for (const change of this.#queue) {
      if (change.kind === 'add' || change.kind === 'edit') {
        notes.set(change.note.client_id, { ...notes.get(change.note.client_id), ...change.note });
      } else if (change.kind === 'remove') notes.delete(change.client_id);
    }
    return [...notes.values()].sort((one, other) => (one.second ?? Infinity) - (other.second ?? Infinity) || 0);
  }

  /**
   * @param {string} criterion
   * @returns {('mark'|'reason'|'evidence')[]} what it lacks before the sheet can be submitted
   */
  lacks(criterion) {
    const mark = this.mark(criterion);
    /** @type {('mark'|'reason'|'evidence')[]} */
    const lacks = [];
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
    const body = { ...this.mark(criterion), ...part };
    if (body.not_assessable) body.thirds = null;
    else body.reason = '';
    // What has not left yet need not leave: only the last word counts.
    const from = this.#flight ? 1 : 0;
    this.#queue = this.#queue.filter((change, at) => at < from || change.kind !== 'mark' || change.criterion !== criterion);
    this.#push({ kind: 'mark', criterion, body });
  }

  /** @param {Omit<Note, 'client_id'>} note */
  addNote(note) {
    this.#push({ kind: 'add', note: { client_id: name(), ...note } });
  }

  /** @param {Note} note */
  editNote(note) {
    this.#push({ kind: 'edit', note });
  }

  /** @param {string} client_id */
  removeNote(client_id) {
    this.#push({ kind: 'remove', client_id });
  }

  /** Send what waits, then submit. Throws an ActError. */
  async submit() {
    await this.#send();
    if (this.#queue.length > 0) throw new ActError('', 0);
    this.#take(await ask(`${this.address}/submit`, { method: 'POST', json: {} }));
  }

  /** @param {Change} change */
  #push(change) {
    if (this.locked) return;
    this.#queue.push(change);
    this.#keep();
    this.dispatchEvent(new Event('change'));
    this.#send();
  }

  /** @returns {Promise<void>} settled once nothing is left to send, or sending must wait */
  #send() {
    this.#flight ??= this.#drain().finally(() => {
      this.#flight = null;
    });
    return this.#flight;
  }

  async #drain() {
    clearTimeout(this.#timer);
    while (this.#queue.length > 0) {
      if (this.saving !== 'kept') this.#say('saving');
      try {
        const answer = await this.#one(this.#queue[0]);
        this.#queue.shift();
        this.#attempt = 0;
        this.#keep();
        this.#take(answer);
      } catch (error) {
        if (!(error instanceof ActError)) throw error;
        if (passing(error)) {
          this.#say('kept');
          const wait = BACKOFF_MS[Math.min(this.#attempt, BACKOFF_MS.length - 1)];
          this.#attempt += 1;
          this.#timer = setTimeout(() => this.#send(), wait);
          break;
        }
        await this.#drop(error);
      }
    }
    if (this.#queue.length === 0) this.#say('saved');
  }

  /** @param {Change} change */
  #one(change) {
    if (change.kind === 'mark') {
      return ask(`${this.address}/marks/${change.criterion}`, { method: 'PUT', json: change.body });
    }
    if (change.kind === 'add') {
      return ask(`${this.address}/notes`, { method: 'POST', json: change.note });
    }
    if (change.kind === 'remove') {
      return ask(`${this.address}/notes/${change.client_id}`, { method: 'DELETE', json: {} });
    }
    const { text, criterion } = change.note;
    return ask(`${this.address}/notes/${change.note.client_id}`, {
      method: 'PATCH',
      json: { text, criterion },
    });
  }

  /**
   * A change that the server will never take: leave it out, say so, and show what stands there.
   * @param {ActError} error
   */
  async #drop(error) {
    this.#queue.shift();
    this.#keep();
    this.dispatchEvent(new CustomEvent('refused', { detail: error.message }));
    const known = await ask(this.address).catch(() => null);
    if (known) this.#take(known);
  }

  /** @param {Record<string, any>} known */
  #take(known) {
    if (known.id === this.#known.id && known.revision < this.#known.revision) return;
    this.#known = known;
    this.dispatchEvent(new Event('change'));
  }

  /** @param {'saved'|'saving'|'kept'} saving */
  #say(saving) {
    if (saving === this.saving) return;
    this.saving = saving;
    this.dispatchEvent(new Event('saving'));
  }

  #keep() {
    try {
      if (this.#queue.length > 0) localStorage.setItem(this.#shelf, JSON.stringify(this.#queue));
      else localStorage.removeItem(this.#shelf);
    } catch {
      // A browser that keeps nothing still sends; only a reload while offline would lose it.
    }
  }

  /** @returns {Change[]} */
  #kept() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#shelf) ?? '[]');
      return this.locked ? [] : kept;
    } catch {
      return [];
    }
  }
}

/**
 * Nothing came back, the server is not well, or one must sign in again: later it may be taken.
 * @param {ActError} error
 */
function passing({ status }) {
  return [0, 400, 401, 403, 429].includes(status) || status >= 500;
}

/** @returns {string} a name that no other note has */
function name() {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
