/** The oral as the console reads it: what may be done, and moments of the server's clock. */
import { ActError, OralClient, ask, deviceName } from '../live/state.js';
import { t } from './words.js';

const STALE_S = 12;
const RETRY_MS = 1500;

/** The shared client, with the few questions that only the evaluator's page asks. */
export class Oral extends OralClient {
  /** @returns {number} */
  get id() {
    return this.state.interview;
  }

  /** Seconds that have gone since the state was told. */
  get since() {
    return (this.now() - Date.parse(this.state.now)) / 1000;
  }

  /** Too long without news to go on counting. */
  get stale() {
    return this.since > STALE_S;
  }

  /** @param {string} act */
  may(act) {
    return Boolean(this.state.allowed?.includes(act));
  }

  /** @returns {number|null} the second of the oral's timeline now; null when nothing is recorded */
  get second() {
    const second = this.state.recording?.second;
    if (typeof second !== 'number') return null;
    return second + (this.state.state === 'running' ? Math.min(this.since, STALE_S) : 0);
  }

  /**
   * Seconds of a part, which visibly stop when the server has not been heard for long.
   * @override
   * @param {{elapsed_s: number, running: boolean, paused: boolean}} part
   */
  elapsed(part) {
    return Math.min(super.elapsed(part), part.elapsed_s + STALE_S);
  }
}

/**
 * Begin with the state that came with the page, or ask for it until it comes.
 * @param {{base: string, state: Record<string, any>|null}} config
 * @returns {Promise<Oral>}
 */
export async function begin({ base, state }) {
  const device = await deviceName();
  while (!state) {
    try {
      state = await ask(`${base}state?device=${device}`, { offline: t('unreachable') });
    } catch (error) {
      if (error instanceof ActError && (error.fatal || error.status === 401)) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return new Oral({ base, state: /** @type {Record<string, any>} */ (state), device, offline: t('unreachable') });
}
