/**
 * What this browser keeps until the server has it: operations, in the order in which they were
 * made in whichever tab, each bound to one person and one interview.
 *
 * What is in memory stands beside the database, never in its place: a write that failed is tried
 * again with the next one, in order, and what was read once stays known while it cannot be read.
 * Whoever asks is answered within three seconds, whatever the database does.
 */
import { openDB } from 'idb';

/** @typedef {import('./cells.js').Operation} Operation */
/** @typedef {Operation & {n?: number, owner: string, sheet: number, refused?: string}} Kept */

const OPERATIONS = 'operations';
const PATIENCE_MS = 2500;
/** What browsers say that keep nothing for this site: there is nothing to be read either. */
const NOTHING_KEPT = ['SecurityError', 'InvalidStateError', 'ReferenceError', 'TypeError'];

/** @param {{terminated?: () => void, blocking?: () => void}} [ends] called when the connection is of no use any more */
const open = (ends) =>
  openDB('viva-marks', 1, {
    ...ends,
    upgrade(database) {
      const store = database.createObjectStore(OPERATIONS, { keyPath: 'n', autoIncrement: true });
      store.createIndex('owner', 'owner');
    },
  });

/** @param {number} user @param {number|string} interview @returns {string} whose operations, and of what */
export const ownerOf = (user, interview) => `${user}:${interview}`;

/**
 * @param {number} user
 * @returns {Promise<string[]>} interviews, and orals to rate ("rating-12"), of which this browser keeps
 *   something of theirs
 */
export async function oralsKept(user) {
  const database = await open();
  const all = await database.getAllFromIndex(OPERATIONS, 'owner', IDBKeyRange.bound(`${user}:`, `${user}:\uffff`));
  database.close();
  return [...new Set(all.map(({ owner }) => owner.split(':')[1]))];
}

export class Store {
  /** @type {Promise<import('idb').IDBPDatabase>|null} */ #opening = null;
  /** @type {import('idb').IDBPDatabase|null} */ #database = null;
  /** @type {Kept[]} as the database had them last */ #rows = [];
  /** @type {Kept[]} not in the database yet, oldest first */ #unkept = [];
  /** @type {Set<string>} to be taken out of the database */ #settled = new Set();
  /** @type {Map<string, string>} to be marked in the database, with why */ #refused = new Map();
  /** @type {Promise<unknown>} */ #turn = Promise.resolve();
  /** Whether the database may hold what could not be read: nothing is complete then. */
  unreadable = false;
  #opened = false;
  #absent = false;

  /** @param {string} owner whose operations, and of what: nobody else's are ever read */
  constructor(owner) {
    this.owner = owner;
  }

  /** @returns {boolean} whether all that was added outlives this page */
  get keeps() {
    return !this.#absent && this.#unkept.length === 0;
  }

  /** @returns {Promise<Kept[]>} oldest first; what was known of them while the database is silent */
  async all() {
    await this.#exchange();
    return [...this.#rows, ...this.#unkept]
      .filter(({ id }) => !this.#settled.has(id))
      .map((row) => (this.#refused.has(row.id) ? { ...row, refused: this.#refused.get(row.id) } : row));
  }

  /** @param {Kept} operation kept for good once this is settled, if `keeps` */
  add(operation) {
    this.#unkept.push({ ...operation, owner: this.owner });
    return this.#exchange();
  }

  /**
   * Forget what the server has, and mark what it refused for good with why.
   * @param {Set<string>} settled
   * @param {Record<string, string>} [refused]
   */
  settle(settled, refused = {}) {
    for (const id of settled) this.#settled.add(id);
    for (const [id, why] of Object.entries(refused)) this.#refused.set(id, why);
    this.#unkept = this.#unkept.filter(({ id }) => !settled.has(id)).map((row) => (row.id in refused ? { ...row, refused: refused[row.id] } : row));
    return this.#exchange();
  }

  /** Bring the database up to date and read it: twice if need be, each change once and in order. */
  async #exchange() {
    const work = this.#turn.then(() => this.#carry().catch(() => this.#carry()));
    this.#turn = work.catch(() => {});
    try {
      await inTime(work);
      this.unreadable = false;
    } catch (error) {
      const name = error instanceof Error || error instanceof DOMException ? error.name : '';
      this.#absent = !this.#opened && NOTHING_KEPT.includes(name);
      this.unreadable = !this.#absent;
      if (name === 'TimeoutError') this.#abandon();
    }
  }

  /** A connection that does not answer is left; one that does not open yet is still waited for. */
  #abandon() {
    if (!this.#database) return;
    this.#turn = Promise.resolve();
    this.#forget();
  }

  #forget() {
    this.#database?.close();
    this.#database = this.#opening = null;
  }

  async #connect() {
    const ends = { terminated: () => this.#forget(), blocking: () => this.#forget() };
    this.#opening ??= open(ends);
    this.#database = await this.#opening;
    this.#opened = true;
    this.#absent = false;
    return this.#database;
  }

  async #carry() {
    try {
      const database = await this.#connect();
      const [settled, refused] = [new Set(this.#settled), new Map(this.#refused)];
      const changes = this.#unkept.length + settled.size + refused.size > 0;
      const work = database.transaction(OPERATIONS, changes ? 'readwrite' : 'readonly', { durability: 'strict' });
      const [rows] = await Promise.all([this.#write(work.store, settled, refused), work.done]);
      const kept = new Set(rows.map(({ id }) => id));
      this.#rows = rows;
      this.#unkept = this.#unkept.filter(({ id }) => !kept.has(id));
      for (const id of settled) this.#settled.delete(id);
      for (const id of refused.keys()) this.#refused.delete(id);
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /**
   * @param {any} store
   * @param {Set<string>} settled
   * @param {Map<string, string>} refused
   * @returns {Promise<Kept[]>} what is in the database then
   */
  async #write(store, settled, refused) {
    /** @type {Map<string, Kept>} */
    const rows = new Map();
    for (const row of await store.index('owner').getAll(this.owner)) {
      if (settled.has(row.id)) {
        await store.delete(row.n);
        continue;
      }
      if (refused.has(row.id)) await store.put(Object.assign(row, { refused: refused.get(row.id) }));
      rows.set(row.id, row);
    }
    for (const unkept of [...this.#unkept]) {
      // One whose first writing was given up may have been written all the same.
      if (!rows.has(unkept.id)) await store.add(unkept);
      rows.set(unkept.id, unkept);
    }
    return [...rows.values()];
  }
}

/**
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>} throws a TimeoutError when it takes too long
 */
function inTime(work) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException('the database does not answer', 'TimeoutError')), PATIENCE_MS);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
