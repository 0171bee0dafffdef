/**
 * Beginning, and going from part to part. The next part begins five seconds after it was asked for,
 * and may be taken back until then; asked for again, it begins at once.
 */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { grace } from './grace.js';
import { locale } from './times.js';

/** A double click is one. */
const TWICE_MS = 600;

/** @typedef {import('./oral.js').Oral} Oral */

/**
 * @param {Oral} oral
 * @param {import('./oral.js').DoAct} act
 */
export function makeTurning(oral, act) {
  const start = find('#start', HTMLButtonElement);
  const next = find('#next', HTMLButtonElement);
  /** @type {{part: number, since: number, stop: () => void}|null} */ let turning = null;

  start.addEventListener('click', () => act('start'));
  next.addEventListener('click', () => {
    if (!turning) ask();
    else if (performance.now() - turning.since > TWICE_MS) go();
  });
  find('#turning-stay', HTMLButtonElement).addEventListener('click', () => stay());

  function ask() {
    const part = oral.state.part ?? 1;
    const { name_fr: inFrench, name_en: inEnglish } = oral.state.parts[part];
    write(find('#turning-words'), say('turning', { number: part + 1, name: locale === 'en' ? inEnglish : inFrench }));
    const tell = (/** @type {number} */ left) => write(find('#turning-left'), say('turning_left', { num: left }));
    turning = { part, since: performance.now(), stop: grace(tell, go) };
    draw();
  }

  async function go() {
    const part = turning?.part;
    stay();
    if (part === oral.state.part) await act('next', { part });
  }

  /** Take it back; false: nothing was asked for. */
  function stay() {
    const asked = Boolean(turning);
    turning?.stop();
    turning = null;
    find('#turning').hidden = true;
    return asked;
  }

  function draw() {
    const { state, part } = oral.state;
    if (turning && (state !== 'running' || part !== turning.part)) stay();
    find('#turning').hidden = !turning;
    start.hidden = state !== 'ready';
    start.disabled = !oral.may('start');
    next.hidden = state !== 'running' || part === 3;
    next.disabled = !oral.may('next');
  }

  return { draw, stay, /** Begin now the part that was asked for, if one was. */ hurry: () => (turning ? go() : Promise.resolve()) };
}
