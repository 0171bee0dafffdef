/** The mini demo test: a question at a time, told at once, without a clock. */
import { find, write } from '../base/dom.js';
import { pageData, say } from '../base/words.js';
import { ask, RequestError } from '../base/http.js';
import { chooseByKey, isEmpty, readAnswer, wireQuestion } from '../written/question.js';

/** @type {import('../types/shown').DemoPage} */
const page = pageData();

const steps = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[data-step]')]);
const done = find('[data-done]');

/** @param {HTMLElement} step @param {string} selector */
const hide = (step, selector) => step.querySelector(selector)?.setAttribute('hidden', '');
/** @param {HTMLElement} step @param {string} selector */
const unhide = (step, selector) => step.querySelector(selector)?.removeAttribute('hidden');

/** @param {number} index @param {boolean} [focus] */
function show(index, focus = true) {
  steps.forEach((step, place) => {
    step.hidden = place !== index;
    find('[data-question-place]', HTMLElement, step).replaceChildren();
  });
  const step = steps[index];
  const place = find('[data-question-place]', HTMLElement, step);
  const source = /** @type {HTMLTemplateElement} */ (step.querySelector('template'));
  place.append(source.content.cloneNode(true));
  wireQuestion(place);
  find('[data-told]', HTMLElement, step).replaceChildren();
  unhide(step, '[data-try]');
  find('[data-try]', HTMLElement, step).removeAttribute('disabled');
  hide(step, '[data-next]');
  hide(step, '[data-again]');
  done.hidden = true;
  if (focus) find('h2', HTMLElement, step).focus();
}

/**
 * @param {HTMLElement} step
 * @param {import('../types/shown').TriedAnswer} told
 * @param {boolean} empty whether nothing was answered
 */
function tell(step, told, empty) {
  const box = find('[data-told]', HTMLElement, step);
  box.dataset.tone = told.right ? 'good' : 'wait';
  const title = document.createElement('strong');
  title.textContent = say(told.right ? 'right' : empty ? 'empty' : 'wrong');
  const words = document.createElement('p');
  words.lang = page.language;
  words.textContent = told.answer.join(' · ');
  const lead = document.createElement('p');
  lead.textContent = say('answer', { answer: '' });
  box.replaceChildren(title, ...(told.right ? [] : [lead, words]));
  hide(step, '[data-try]');
  unhide(step, '[data-next]');
  unhide(step, '[data-again]');
  const next = step.querySelector('[data-next]');
  if (next instanceof HTMLElement) next.focus();
  else {
    done.hidden = false;
    find('button[type="submit"]', HTMLElement, done).focus();
  }
}

steps.forEach((step, index) => {
  const form = find('[data-question-form]', HTMLFormElement, step);
  form.addEventListener('submit', (event) => event.preventDefault());
  document.addEventListener('keydown', (event) => {
    if (!step.hidden) chooseByKey(event, form);
  });
  find('[data-try]', HTMLElement, step).addEventListener('click', async () => {
    const answer = readAnswer(form);
    try {
      const address = page.check.replace(/\/0$/, `/${step.dataset.step}`);
      /** @type {import('../types/posted').Trial} */
      const json = { answer };
      tell(step, await ask(address, { method: 'POST', json }), isEmpty(answer));
    } catch (error) {
      const words = error instanceof RequestError && error.message ? error.message : say('offline');
      const box = find('[data-told]', HTMLElement, step);
      box.dataset.tone = 'wait';
      write(box, words);
    }
  });
  step.querySelector('[data-next]')?.addEventListener('click', () => show(index + 1));
  find('[data-again]', HTMLElement, step).addEventListener('click', () => show(index));
});
find('[data-restart]').addEventListener('click', () => show(0));
show(0, false);
