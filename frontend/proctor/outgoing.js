/**
 * What was noticed, kept until the server has it: in this browser's own database, so that a reload
 * loses nothing; in memory where there is none. Sending never waits for anybody, nor anybody for it.
 */
import { ask } from '../base/http.js';
import { openDB } from 'idb';
import { moment, Span } from './span.js';

/** @typedef {import('./span.js').Noticed} Noticed */
/** @typedef {import('../types/posted').SnapshotAbout['why']} StillReason */
/** @typedef {{n?: number, owner: string, noticed?: Noticed, still?: {key: string, why: StillReason, at: number, data: ArrayBuffer}}} Kept */

const STORE = 'kept';
/** Stills that wait, at the most: those of an hour without network are not worth a full disk. */
const MOST_STILLS = 30;
const LOST_AFTER_MS = 8000;
/** Whoever ends the watch waits so long at the most; what is left goes with the next page. */
const LEAVING_MS = 3000;
const PATIENCE_MS = 1000;
const MOST_PATIENCE_MS = 20_000;
/** The server will never take it, however often it is sent. */
const REFUSED_FOR_GOOD = new Set([404, 409, 413, 415, 422]);

const open = () =>
  openDB('viva-watch', 1, {
    upgrade(database) {
      database.createObjectStore(STORE, { keyPath: 'n', autoIncrement: true }).createIndex('owner', 'owner');
    },
  });

export class Outgoing {
  /** @type {Promise<import('idb').IDBPDatabase>|null} */ #database;
  /** @type {Kept[]} */ #memory = [];
  #number = -1;
  /** @type {Set<Promise<unknown>>} */ #adding = new Set();
  /** @type {Promise<void>|null} */ #sending = null;
  #again = false;
  #closed = false;
  /** The server knows another page, and not this one: what waits is for the next that it knows. */
  #aside = false;
  #lost = false;
  /** @type {number|null} */ #failedSince = null;
  #patience = PATIENCE_MS;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  /**
   * @param {object} options
   * @param {string} options.owner whose these are: nobody else's are ever sent
   * @param {{signals: string, snapshot: string}} options.urls
   * @param {string} options.token of the watch: nothing is taken without it
   * @param {number} options.most how many signals one request may carry
   * @param {(lost: boolean) => void} options.onLost
   */
  constructor({ owner, urls, token, most, onLost }) {
    this.owner = owner;
    this.headers = { 'X-Viva-Watch': token };
    this.urls = urls;
    this.most = most;
    this.onLost = onLost;
    this.failure = new Span('upload_failed', (noticed) => noticed.lasted && this.#add({ owner, noticed }), { grace: LOST_AFTER_MS });
    this.#database = open();
    this.#database.catch(() => {
      this.#database = null;
    });
    addEventListener('online', this.#hurry);
    this.#hurry();
  }

  /** @returns {boolean} whether what waits outlives this page */
  get keeps() {
    return this.#database !== null;
  }

  /** @param {Noticed} noticed */
  notice(noticed) {
    return this.#add({ owner: this.owner, noticed });
  }

  /**
   * @param {string} key
   * @param {StillReason} why
   * @param {Blob} blob
   */
  async still(key, why, blob) {
    const data = await blob.arrayBuffer();
    return this.#add({ owner: this.owner, still: { key, why, at: moment(), data } });
  }

  /** Send what waits, as far as that goes in a moment; then send no more. */
  async close() {
    this.failure.end();
    const sent = Promise.allSettled(this.#adding).then(() => this.#sending).then(() => this.#send());
    await Promise.race([sent, new Promise((resolve) => setTimeout(resolve, LEAVING_MS))]);
    this.#closed = true;
    clearTimeout(this.#timer);
    removeEventListener('online', this.#hurry);
  }

  #hurry = () => {
    this.#patience = PATIENCE_MS;
    this.#later(0);
  };

  /** @param {number} wait */
  #later(wait) {
    if (this.#closed || this.#aside) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), wait);
  }

  /** @param {Kept} kept */
  async #add(kept) {
    const adding = this.#work(
      (database) => database.add(STORE, kept),
      () => this.#memory.push({ ...kept, n: this.#number-- }),
    );
    this.#adding.add(adding);
    await adding;
    this.#adding.delete(adding);
    if (this.#failedSince === null) this.#later(0);
  }

  /** @returns {Promise<Kept[]>} oldest first */
  async #all() {
    return [
      ...(await this.#work(
        (database) => database.getAllFromIndex(STORE, 'owner', this.owner),
        () => [],
      )),
      ...this.#memory,
    ];
  }

  /** @param {Kept[]} done */
  async #forget(done) {
    const numbers = done.map(({ n }) => /** @type {number} */ (n));
    this.#memory = this.#memory.filter(({ n }) => !numbers.includes(/** @type {number} */ (n)));
    await this.#work(
      (database) => Promise.all(numbers.filter((n) => n > 0).map((n) => database.delete(STORE, n))),
      () => [],
    );
  }

  async #send() {
    if (this.#closed || this.#aside) return;
    if (this.#sending) {
      this.#again = true;
      return;
    }
    this.#sending = this.#sendAll();
    await this.#sending;
    this.#sending = null;
    if (this.#again && this.#failedSince === null) this.#later(0);
    this.#again = false;
  }

  async #sendAll() {
    try {
      for (let kept = await this.#all(); kept.length && !this.#aside; kept = await this.#all()) {
        const stills = kept.filter(({ still }) => still);
        if (stills.length > MOST_STILLS) await this.#forget(stills.splice(0, stills.length - MOST_STILLS));
        const signals = kept.filter(({ noticed }) => noticed).slice(0, this.most);
        if (signals.length) await this.#deliver(signals, () => this.#sendSignals(signals));
        else await this.#deliver([stills[0]], () => this.#sendStill(stills[0]));
        this.#reached();
      }
    } catch {
      this.#failed();
    }
  }

  /**
   * @param {Kept[]} batch
   * @param {() => Promise<unknown>} send
   */
  async #deliver(batch, send) {
    try {
      await send();
    } catch (error) {
      const { status = 0, body } = /** @type {{status?: number, body?: Record<string, any>}} */ (error);
      this.#aside = Boolean(body?.aside);
      if (this.#aside) return;
      if (!REFUSED_FOR_GOOD.has(status)) throw error;
    }
    await this.#forget(batch);
  }

  /** @param {Kept[]} batch */
  #sendSignals(batch) {
    const now = moment();
    const signals = batch.map(({ noticed }) => {
      const { key, kind, at, lasted, detail } = /** @type {Noticed} */ (noticed);
      const told = { key, kind, ago: seconds(now - at), detail: detail ?? {} };
      return lasted === undefined ? told : { ...told, lasted: seconds(lasted) };
    });
    /** @type {import('../types/posted').Signals} */
    const json = { signals };
    return ask(this.urls.signals, { method: 'POST', json, headers: this.headers });
  }

  /** @param {Kept} kept a still */
  #sendStill({ still }) {
    const { key, why, at, data } = /** @type {NonNullable<Kept['still']>} */ (still);
    /** @type {import('../types/posted').SnapshotAbout} */
    const about = { key, why, ago: seconds(moment() - at) };
    const asked = new URLSearchParams(Object.entries(about).map(([name, value]) => [name, String(value)]));
    return ask(`${this.urls.snapshot}?${asked}`, { method: 'POST', body: data, headers: { ...this.headers, 'Content-Type': 'image/jpeg' } });
  }

  #reached() {
    this.#patience = PATIENCE_MS;
    this.#failedSince = null;
    this.failure.set(false);
    this.#say(false);
  }

  #failed() {
    this.#failedSince ??= moment();
    this.failure.set(true);
    if (moment() - this.#failedSince >= LOST_AFTER_MS) this.#say(true);
    this.#later(this.#patience);
    this.#patience = Math.min(this.#patience * 2, MOST_PATIENCE_MS);
  }

  /** @param {boolean} lost */
  #say(lost) {
    if (lost === this.#lost) return;
    this.#lost = lost;
    this.onLost(lost);
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

/** @param {number} milliseconds @returns {number} */
const seconds = (milliseconds) => Math.min(86_400, Math.max(0, Math.round(milliseconds) / 1000));
