/**
 * Keeps operations in this browser, then sends them in order until the server has them.
 *
 * Every tab of the browser may call `send`; a lock lets one of them send at a time, and they tell
 * each other what was kept and what came back. The server applies each operation once, so that a
 * request whose answer was lost is simply sent again.
 */
import { ask, RequestError } from '../base/http.js';
import { Store, ownerOf } from './store.js';

/** @typedef {import('./cells.js').Operation} Operation */
/** @typedef {import('./cells.js').Known} Known */
/** @typedef {import('./store.js').Kept} Kept */

const GIVE_UP_MS = 10_000;
const LOOK_MS = 5_000;
/** Refusals of a request as a whole: the same one will never be taken. */
const WHOLE = [413, 422];
const BACKOFF_MS = [1000, 2000, 4000, 8000];

/** Events: `change`: anything that it tells may be different now. */
export class Sync extends EventTarget {
  /** @type {Operation[]} not yet at the server, oldest first */ pending = [];
  /** @type {Kept[]} that no sheet will take any more */ late = [];
  /** @type {''|'network'|'server'|'signed_out'} why the last attempt failed */ trouble = '';
  /** @type {Known} */ known;
  /** @type {Map<string, Promise<void>>} shown, but not kept yet */ #adding = new Map();
  /** @type {Set<string>} what the server has answered */ #answered = new Set();
  /** @type {Promise<void>|null} */ #flight = null;
  #again = false;
  #elsewhere = false;
  #attempt = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #store;
  #most;
  #channel;

  /**
   * @param {Known} known
   * @param {{user: number, interview: number|string, most_changes: number}} who `most_changes`: in one request
   */
  constructor(known, { user, interview, most_changes }) {
    super();
    this.known = known;
    this.address = `/evaluator/scoresheets/${known.id}`;
    this.#most = most_changes;
    this.#store = new Store(ownerOf(user, interview));
    this.#channel = new BroadcastChannel(`viva-marks:${this.#store.owner}`);
    this.#channel.addEventListener('message', ({ data }) => this.#heard(data));
    this.#watchPerson(user);
    addEventListener('online', () => this.send());
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.#recall().then(() => this.look());
    });
    addEventListener('beforeunload', (event) => {
      if (this.pending.length > 0 && !this.keeps) event.preventDefault();
    });
    setInterval(() => {
      if (this.unreadable || !this.keeps) this.#recall();
      if (!document.hidden && navigator.onLine) this.look();
    }, LOOK_MS);
    this.ready = this.#recall().then(() => this.send());
  }

  /** Whether what waits outlives this page. */
  get keeps() {
    return this.#store.keeps;
  }

  /** Whether something is shown that is not kept yet. */
  get keeping() {
    return this.#adding.size > 0;
  }

  /** Whether this browser may keep something that it cannot read now: what is shown may lack it. */
  get unreadable() {
    return this.#store.unreadable;
  }

  get sending() {
    return this.#flight !== null;
  }

  /** @param {Operation} operation shown at once, then kept, then sent */
  async push(operation) {
    const added = this.#store.add({ ...operation, owner: this.#store.owner, sheet: this.known.id });
    this.#adding.set(operation.id, added);
    this.pending = [...this.pending, operation];
    this.#tell();
    await added;
    this.#adding.delete(operation.id);
    this.#channel.postMessage({ kind: 'kept' });
    this.#tell();
    await this.send();
  }

  /** @returns {Promise<void>} settled once nothing is left to send, or sending must wait */
  send() {
    if (this.#flight) {
      this.#again = true;
      return this.#flight;
    }
    clearTimeout(this.#timer);
    if (this.#elsewhere) {
      this.trouble = 'signed_out';
      this.#tell();
      return Promise.resolve();
    }
    this.#flight = this.#drain()
      .catch((error) => this.#failed(error))
      .finally(() => {
        this.#flight = null;
        this.#tell();
        if (this.#again) {
          this.#again = false;
          this.send();
        }
      });
    return this.#flight;
  }

  /** Ask for the sheet, which another device may have changed, and send what waits. */
  async look() {
    await this.#refresh();
    if (this.pending.length > 0) await this.send();
  }

  /**
   * Submit what is on the screen, if the server has all of it.
   * @param {string} comment
   * @returns {Promise<boolean>} false: something is still only here
   */
  async submit(comment) {
    await Promise.all(this.#adding.values());
    await this.send();
    while (this.#flight) await this.#flight;
    return this.#alone(async () => {
      if ((await this.#waiting()).length > 0 || this.pending.length > 0 || this.unreadable) return false;
      try {
        /** @type {import('../types/posted').Submission} */
        const json = { revision: this.known.revision, comment };
        this.#take(await this.#ask('/submit', { method: 'POST', json }));
      } catch (error) {
        await this.#refresh();
        throw error;
      }
      await this.forget();
      this.#share([]);
      return true;
    });
  }

  /** Take what is late out of this browser. */
  async forget() {
    await this.#store.settle(new Set(this.late.map(({ id }) => id)));
    await this.#recall();
    this.#channel.postMessage({ kind: 'kept' });
  }

  async #drain() {
    await this.#alone(async () => {
      let most = this.#most;
      let batch = (await this.#waiting()).slice(0, most);
      while (batch.length > 0) {
        try {
          await this.#deliver(batch);
        } catch (error) {
          if (!(error instanceof RequestError) || !WHOLE.includes(error.status)) throw error;
          // Something in there cannot be read at all: find it by sending one at a time.
          if (batch.length === 1) await this.#settle(batch, { [batch[0].id]: error.message });
          most = 1;
        }
        batch = (await this.#waiting()).slice(0, most);
      }
      this.trouble = '';
    });
  }

  /** @param {Kept[]} batch sent, and taken off what waits once the server has answered */
  async #deliver(batch) {
    const changes = /** @type {import('../types/posted').Change[]} */ (
      batch.map(({ id, kind, place, value, base, after, made_at }) => ({ id, kind, place, value, base, after, made_at }))
    );
    /** @type {import('../types/shown').SheetAnswer} */
    const { refused, ...known } = await this.#ask('/changes', { method: 'POST', json: { changes } });
    if (!refused) throw new RequestError('', 502); // whoever answered was not our server
    await this.#settle(batch, refused, known);
  }

  /**
   * @param {Kept[]} batch
   * @param {Record<string, string>} refused why, by id
   * @param {Known} [known]
   */
  async #settle(batch, refused, known = this.known) {
    const names = batch.map(({ id }) => id);
    await this.#store.settle(new Set(names.filter((id) => !(id in refused))), refused);
    this.#attempt = 0;
    this.#take(known, names);
    this.#share(names);
    if (Object.keys(refused).length > 0) await this.#recall();
  }

  async #refresh() {
    /** @type {Partial<Known>|null} nothing in it: the sheet is as we know it */
    const known = await this.#ask(`?known=${this.known.revision}`).catch(() => null);
    if (known && 'revision' in known) this.#take(/** @type {Known} */ (known));
  }

  /**
   * @template T
   * @param {string} name
   * @param {Parameters<typeof ask>[1]} [options]
   * @returns {Promise<T>}
   */
  #ask(name, options) {
    return ask(this.address + name, { ...options, patience: GIVE_UP_MS });
  }

  /** @param {unknown} error */
  #failed(error) {
    const status = error instanceof RequestError ? error.status : 500;
    this.trouble = status === 0 ? 'network' : [400, 401, 403, 404].includes(status) ? 'signed_out' : 'server';
    const wait = BACKOFF_MS[Math.min(this.#attempt, BACKOFF_MS.length - 1)];
    this.#attempt += 1;
    this.#timer = setTimeout(() => this.send(), wait);
    if (!(error instanceof RequestError)) throw error;
  }

  /**
   * @template T
   * @param {() => Promise<T>} work done by no other tab meanwhile
   * @returns {Promise<T>}
   */
  #alone(work) {
    if (!navigator.locks) return work();
    return navigator.locks.request(`viva-marks:${this.#store.owner}`, work);
  }

  /**
   * The session belongs to the whole browser: nothing is sent once somebody else came in by it.
   * @param {number} user
   */
  #watchPerson(user) {
    const people = new BroadcastChannel('viva-marks-person');
    people.addEventListener('message', ({ data }) => {
      this.#elsewhere = data !== user;
      this.send();
    });
    people.postMessage(user);
  }

  /**
   * What the server has not answered yet: also what is shown here and the database lost, or another
   * tab sent without a word. The server applies each once.
   * @returns {Promise<Kept[]>} oldest first
   */
  async #waiting() {
    return this.#unanswered(await this.#store.all());
  }

  /**
   * @param {Kept[]} all as the store has them
   * @returns {Kept[]}
   */
  #unanswered(all) {
    const stored = new Set(all.map(({ id }) => id));
    const waits = all.filter((row) => row.sheet === this.known.id && row.refused === undefined);
    // Each that the store lacks comes before what was made after it.
    for (const [at, operation] of [...this.pending.entries()].reverse()) {
      if (stored.has(operation.id)) continue;
      const next = waits.findIndex(({ id }) => id === this.pending[at + 1]?.id);
      waits.splice(next < 0 ? waits.length : next, 0, { ...operation, owner: this.#store.owner, sheet: this.known.id });
    }
    return waits.filter(({ id }) => !this.#answered.has(id));
  }

  /** Read again what this browser keeps: another tab may have added to it, or sent it. */
  async #recall() {
    const all = await this.#store.all();
    this.pending = this.#unanswered(all);
    // What was kept for a version of the sheet that has been submitted since is late as well.
    this.late = all.filter((row) => row.refused !== undefined || row.sheet < this.known.id);
    this.#tell();
  }

  /**
   * @param {Known} known
   * @param {string[]} [answered] operations that the server has applied or refused
   */
  #take(known, answered = []) {
    if (known.id !== this.known.id) return;
    for (const id of answered) this.#answered.add(id);
    this.pending = this.pending.filter(({ id }) => !this.#answered.has(id));
    if (known.revision >= this.known.revision) this.known = known;
    this.#tell();
  }

  /** @param {string[]} answered */
  #share(answered) {
    this.#channel.postMessage({ kind: 'known', known: this.known, answered });
  }

  /** @param {{kind: 'kept'} | {kind: 'known', known: Known, answered: string[]}} message */
  #heard(message) {
    if (message.kind === 'known') this.#take(message.known, message.answered);
    this.#recall();
  }

  #tell() {
    this.dispatchEvent(new Event('change'));
  }
}
