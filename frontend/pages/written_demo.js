/** The mini demo test: a question at a time, told at once; the ring is shown and presses nobody. */
import { ActError, ask } from '../live/state.js';
import { find, page, say, write } from '../live/words.js';
import { readAnswer, wireQuestion } from '../written/question.js';
import { Ring } from '../written/ring.js';

const steps = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-step]')]);
const done = find('[data-done]');
/** @type {Ring|null} */ let ring = null;

/** @param {HTMLElement} step @param {string} selector */
const hide = (step, selector) => step.querySelector(selector)?.setAttribute('hidden', '');
/** @param {HTMLElement} step @param {string} selector */
const unhide = (step, selector) => step.querySelector(selector)?.removeAttribute('hidden');

/** @param {number} index @param {boolean} [focus] */
function show(index, focus = true) {
  ring?.stop();
  steps.forEach((step, place) => {
    step.hidden = place !== index;
    find('[data-question-place]', step).replaceChildren();
  });
  const step = steps[index];
  const place = find('[data-question-place]', step);
  const source = /** @type {HTMLTemplateElement} */ (step.querySelector('template'));
  place.append(source.content.cloneNode(true));
  wireQuestion(place);
  find('[data-told]', step).replaceChildren();
  unhide(step, '[data-try]');
  find('[data-try]', step).removeAttribute('disabled');
  hide(step, '[data-next]');
  hide(step, '[data-again]');
  done.hidden = true;
  ring = new Ring(step, { words: (seconds) => say('seconds_left', { seconds }) });
  const seconds = Number(step.dataset.seconds);
  ring.set(seconds, seconds, true);
  if (focus) find('h2', step).focus();
}

/** @param {HTMLElement} step @param {{right: boolean, answer: string[]}} told */
function tell(step, told) {
  const box = find('[data-told]', step);
  box.dataset.tone = told.right ? 'good' : 'wait';
  const title = document.createElement('strong');
  title.textContent = say(told.right ? 'right' : 'wrong');
  const words = document.createElement('p');
  words.lang = 'en';
  words.textContent = told.answer.join(' · ');
  const lead = document.createElement('p');
  lead.textContent = say('answer', { answer: '' });
  box.replaceChildren(title, ...(told.right ? [] : [lead, words]));
  ring?.hold();
  hide(step, '[data-try]');
  unhide(step, '[data-next]');
  unhide(step, '[data-again]');
  const next = step.querySelector('[data-next]');
  if (next instanceof HTMLElement) next.focus();
  else {
    done.hidden = false;
    find('button[type="submit"]', done).focus();
  }
}

steps.forEach((step, index) => {
  const form = /** @type {HTMLFormElement} */ (find('[data-question-form]', step));
  form.addEventListener('submit', (event) => event.preventDefault());
  find('[data-try]', step).addEventListener('click', async () => {
    try {
      const address = page.check.replace(/\/0$/, `/${step.dataset.step}`);
      tell(step, await ask(address, { method: 'POST', json: { answer: readAnswer(form) } }));
    } catch (error) {
      const words = error instanceof ActError && error.message ? error.message : say('offline');
      const box = find('[data-told]', step);
      box.dataset.tone = 'wait';
      write(box, words);
    }
  });
  step.querySelector('[data-next]')?.addEventListener('click', () => show(index + 1));
  find('[data-again]', step).addEventListener('click', () => show(index));
});
find('[data-restart]').addEventListener('click', () => show(0));
show(0, false);
