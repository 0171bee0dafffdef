/** The oral as the console reads it: what may be done, and moments of the server's clock. */
import { say } from '../base/words.js';
import { OralClient, deviceName } from '../live/state.js';

const STALE_S = 12;

/** @typedef {import('../types/shown').EvaluatorState & import('../types/shown').Relay & import('../types/shown').Beside} State */
/** @typedef {import('../types/posted').EvaluatorActs} Acts */

/**
 * Do something from a button; null: it was refused, which the page has said.
 * @typedef {<Name extends keyof Acts>(name: Name, ...said: import('../live/state.js').Said<Acts[Name]>) => Promise<State|null>} DoAct
 */

/**
 * The shared client, with the few questions that only the evaluator's page asks.
 * @extends {OralClient<State, Acts>}
 */
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

  /** @param {import('../types/shown').Act} act */
  may(act) {
    return this.state.allowed.includes(act);
  }

  /** @returns {number|null} the second of the oral's timeline now; null when nothing is recorded */
  get second() {
    const { second } = this.state.recording;
    if (second === null) return null;
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
 * Begin with the state that came with the page; which device this is it did not know.
 * @param {import('../types/shown').ConsolePage} page
 * @returns {Promise<Oral>}
 */
export async function begin({ base, beat_s, state }) {
  const device = await deviceName();
  return new Oral({ base, state: { ...state, beside: false }, beat_s, device, offline: say('unreachable') });
}
