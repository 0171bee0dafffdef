/**
 * What this browser keeps until the server has it: operations, in the order in which they were
 * made in whichever tab, each bound to one person and one interview.
 *
 * A browser that keeps nothing (no room, forbidden) is served from memory, and says so.
 */
import { openDB } from 'idb';

/** @typedef {import('./cells.js').Operation} Operation */
/** @typedef {Operation & {n?: number, owner: string, sheet: number, refused?: string}} Kept */

const OPERATIONS = 'operations';

const open = () =>
  openDB('viva-marks', 1, {
    upgrade(database) {
      const store = database.createObjectStore(OPERATIONS, { keyPath: 'n', autoIncrement: true });
      store.createIndex('owner', 'owner');
    },
  });

/** @param {number} user @param {number} interview @returns {string} whose operations, and of what */
export const ownerOf = (user, interview) => `${user}:${interview}`;

/**
 * @param {number} user
 * @returns {Promise<number[]>} interviews of which this browser keeps something of theirs
 */
export async function interviewsKept(user) {
  const database = await open();
  const all = await database.getAllFromIndex(OPERATIONS, 'owner', IDBKeyRange.bound(`${user}:`, `${user}:\uffff`));
  database.close();
  return [...new Set(all.map(({ owner }) => Number(owner.split(':')[1])))];
}

export class Store {
  /** @type {Promise<import('idb').IDBPDatabase>|null} */ #database;
  /** @type {Kept[]} */ #memory = [];

  /** @param {string} owner whose operations, and of what: nobody else's are ever read */
  constructor(owner) {
    this.owner = owner;
    this.#database = open();
    this.#database.catch(() => {});
  }

  /** @returns {boolean} whether what is added outlives this page */
  get keeps() {
    return this.#database !== null;
  }

  /** @returns {Promise<Kept[]>} oldest first */
  all() {
    return this.#work(
      async (database) => [...(await database.getAllFromIndex(OPERATIONS, 'owner', this.owner)), ...this.#memory],
      () => [...this.#memory],
    );
  }

  /** @param {Kept} one kept for good once this is settled */
  add(one) {
    return this.#work(
      async (database) => {
        const writing = database.transaction(OPERATIONS, 'readwrite', { durability: 'strict' });
        await Promise.all([writing.store.add({ ...one, owner: this.owner }), writing.done]);
      },
      () => void this.#memory.push(one),
    );
  }

  /**
   * Forget what the server has, and mark what it refused for good with why.
   * @param {Set<string>} settled
   * @param {Record<string, string>} [refused]
   */
  settle(settled, refused = {}) {
    const forget = (/** @type {Kept[]} */ all) =>
      all.filter(({ id }) => !settled.has(id)).map((one) => (one.id in refused ? { ...one, refused: refused[one.id] } : one));
    this.#memory = forget(this.#memory);
    return this.#work(
      async (database) => {
        const writing = database.transaction(OPERATIONS, 'readwrite', { durability: 'strict' });
        for await (const cursor of writing.store.index('owner').iterate(this.owner)) {
          const { id } = cursor.value;
          if (settled.has(id)) await cursor.delete();
          else if (id in refused) await cursor.update({ ...cursor.value, refused: refused[id] });
        }
        await writing.done;
      },
      () => {},
    );
  }

  /**
   * @template T
   * @param {(database: import('idb').IDBPDatabase) => Promise<T>} work
   * @param {() => T} otherwise
   * @returns {Promise<T>}
   */
  async #work(work, otherwise) {
    try {
      if (this.#database) return await work(await this.#database);
    } catch {
      this.#database = null;
    }
    return otherwise();
  }
}
