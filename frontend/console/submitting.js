/** Submitting the marks: a recap of the six levels first, then five seconds in which to go on writing. */
import { find, make, write } from '../base/dom.js';
import { ask, RequestError } from '../base/http.js';
import { say } from '../base/words.js';
import { announce } from './announce.js';
import { keepWords } from './drafts.js';
import { grace } from './grace.js';
import { lackingWords } from './grid.js';

/** @typedef {import('./sheet.js').Sheet} Sheet */
/** @typedef {import('./grid.js').Criterion} Criterion */
/** @typedef {import('./grid.js').Scale} Scale */

/**
 * @param {{criteria: Criterion[], scale: Scale, next_oral: string}} page
 * @param {() => Sheet|null} sheet
 * @param {{showLacks: () => void}} grid
 * @param {import('./drafts.js').Draft} [draft] of the reasons, where the page asks for some
 */
export function makeSubmitting(page, sheet, grid, draft) {
  const { criteria, scale } = page;
  const reasons = document.querySelector('#reasons');
  if (reasons instanceof HTMLTextAreaElement && draft) keepWords(reasons, draft);
  const button = find('#submit', HTMLButtonElement);
  const recap = find('#recap', HTMLDialogElement);
  const wrong = find('#submit-wrong');
  let stop = () => {};
  let told = false;

  button.addEventListener('click', () => {
    const known = sheet();
    if (!known) return;
    if (waits(known) || criteria.some(({ key }) => known.lacks(key).length > 0)) submit();
    else reread(known);
  });

  /** @param {Sheet} known */
  function reread(known) {
    find('#recap-marks').replaceChildren(...criteria.map(({ key, name }) => make('div', {}, make('dt', {}, name), make('dd', {}, levelOf(known, key)))));
    recap.showModal();
    find('#recap-go', HTMLButtonElement).focus();
    stop = grace((left) => write(find('#recap-line'), say('recap_line', { num: left })), go);
  }
  recap.addEventListener('close', () => stop());
  find('#recap-go', HTMLButtonElement).addEventListener('click', () => go());
  find('#nothing-rest', HTMLButtonElement).addEventListener('click', () => {
    for (const { key } of criteria) if (sheet()?.lacks(key).includes('evidence')) sheet()?.setMark(key, { nothing_to_add: true });
  });

  function go() {
    recap.close();
    submit();
  }

  /** @param {Sheet} known @param {string} criterion */
  function levelOf(known, criterion) {
    const { not_assessable: none, thirds } = known.mark(criterion);
    return none ? say('not_assessable') : (scale.labels[thirds ?? 0] ?? '');
  }

  async function submit() {
    wrong.hidden = true;
    button.disabled = true;
    try {
      const known = sheet();
      if (await known?.submit(reasons instanceof HTMLTextAreaElement ? reasons.value : '')) announce(say('submitted'));
      else refuse(say(known ? whyNot(known) : 'submit_waits'));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      refuse(error.message || say('unreachable'));
      if (error.status === 422) grid.showLacks();
    } finally {
      button.disabled = false;
    }
  }

  /** @param {string} words */
  function refuse(words) {
    wrong.hidden = false;
    write(wrong, words);
    find('#submit-line').hidden = true;
  }

  /** Say when the next oral is, once this one is done with. */
  async function tellNext() {
    if (told) return;
    told = true;
    try {
      /** @type {import('../types/shown').NextOral} */
      const { words } = await ask(page.next_oral);
      write(find('#coming'), words);
      find('#coming').hidden = false;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      told = false;
    }
  }

  /** @param {boolean} ended */
  return function draw(ended) {
    const known = sheet();
    if (!known) return;
    find('#grid-foot').hidden = !ended;
    button.hidden = known.locked;
    find('#done').hidden = !known.locked;
    const unsaid = criteria.filter(({ key }) => known.lacks(key).includes('evidence'));
    find('#nothing-rest').hidden = known.locked || unsaid.length === 0;
    const lacks = lackingWords(criteria, known, ['choice', 'mark', 'reason', 'evidence']);
    if (!lacks && !waits(known)) wrong.hidden = true;
    find('#submit-line').hidden = !wrong.hidden;
    write(find('#submit-line'), known.locked ? say('submitted') : lacks || say(waits(known) ? whyNot(known) : 'submit_ready'));
    if (known.locked && ended) tellNext();
  };
}

/** @param {Sheet} known @returns {boolean} whether something has not reached the server */
const waits = (known) => !['saved', 'bare', 'keeping', 'sending'].includes(known.saving);

/** @param {Sheet} known what cannot be submitted yet @returns {string} the words that say why */
const whyNot = (known) => (known.saving === 'unreadable' ? 'submit_unreadable' : 'submit_waits');
