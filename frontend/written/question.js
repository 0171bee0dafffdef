/**
 * A question of the written test in the page: moves what is to be put in order, and reads the
 * answer as the server takes it (`Answer` in written_test/kinds.py). Everything works with buttons.
 */

/** @typedef {Required<import('../types/posted').Answer>} Answer */

/** @param {HTMLFormElement} form @returns {Answer} what is answered on the page now */
export function readAnswer(form) {
  /** @type {Answer} */
  const answer = { choices: [], gaps: {}, order: [], pairs: {}, questions: {} };
  for (const [name, given] of new FormData(form)) {
    const value = String(given);
    const cut = name.indexOf(':');
    const what = cut < 0 ? name : name.slice(0, cut);
    const key = name.slice(cut + 1);
    if (name === 'choices') answer.choices.push(value);
    else if (name === 'order') answer.order.push(value);
    else if (cut < 0) continue;
    else if (what === 'gap') answer.gaps[key] = value;
    else if (what === 'pair') answer.pairs[key] = value;
    else if (what === 'question') (answer.questions[key] ??= []).push(value);
  }
  return answer;
}

/**
 * Put an answer that `readAnswer` read back into the page; what it has no place for is left out.
 * @param {HTMLFormElement} form
 * @param {Answer} answer
 */
export function fillAnswer(form, { choices, gaps, order, pairs, questions }) {
  const ticked = new Set(choices.map((value) => `choices=${value}`));
  for (const [key, values] of Object.entries(questions)) {
    for (const value of values) ticked.add(`question:${key}=${value}`);
  }
  /** @type {Map<string, string>} */ const written = new Map();
  for (const [key, words] of Object.entries(gaps)) written.set(`gap:${key}`, words);
  for (const [key, words] of Object.entries(pairs)) written.set(`pair:${key}`, words);
  for (const field of form.elements) {
    if (field instanceof HTMLInputElement && ['radio', 'checkbox'].includes(field.type)) {
      field.checked = ticked.has(`${field.name}=${field.value}`);
    } else if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) {
      field.value = written.get(field.name) ?? field.value;
    }
  }
  const list = form.querySelector('[data-order]');
  if (!(list instanceof HTMLElement)) return;
  for (const key of order) {
    const row = [...list.children].find((li) => li.querySelector('input')?.value === key);
    if (row) list.append(row);
  }
  markEnds(list);
}

/** @param {Answer} answer @returns {boolean} whether nothing is answered */
export function isEmpty({ choices, gaps, order, pairs, questions }) {
  const filled = [...Object.values(gaps), ...Object.values(pairs)].some((words) => words.trim());
  return !choices.length && !order.length && !filled && !Object.keys(questions).length;
}

/**
 * Let the keys 1 to 9 choose the answer of that rank, where there is one to choose.
 * @param {KeyboardEvent} event
 * @param {HTMLFormElement} form
 */
export function chooseByKey(event, form) {
  if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) return;
  const target = event.target;
  const writes =
    (target instanceof HTMLInputElement && target.type === 'text') ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement;
  if (writes || document.querySelector('dialog[open]')) return;
  const radios = form.querySelectorAll('[data-question="single"] input[type="radio"]');
  const radio = radios[Number(event.key) - 1];
  if (!(radio instanceof HTMLInputElement)) return;
  event.preventDefault();
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event('change', { bubbles: true }));
}

/** @param {HTMLElement} list mark the buttons that lead nowhere; they keep the focus all the same */
function markEnds(list) {
  const rows = [...list.children];
  rows.forEach((row, place) => {
    for (const button of row.querySelectorAll('[data-move]')) {
      const to = place + Number(button instanceof HTMLElement ? button.dataset.move : 0);
      button.setAttribute('aria-disabled', String(to < 0 || to >= rows.length));
    }
  });
}

/**
 * Move one row up or down, keep the focus on its button, and say where it stands now.
 * @param {HTMLElement} list
 * @param {HTMLElement} button
 */
function move(list, button) {
  const row = button.closest('li');
  if (!row || button.getAttribute('aria-disabled') === 'true') return;
  const up = button.dataset.move === '-1';
  const beside = up ? row.previousElementSibling : row.nextElementSibling;
  if (!beside) return;
  // The neighbour moves, not the row: the button that was pressed never loses the focus.
  if (up) row.after(beside);
  else row.before(beside);
  markEnds(list);
  const rows = [...list.children];
  const said = list.parentElement?.querySelector('[data-order-said]');
  const words = (list.dataset.moved ?? '')
    .replace('{place}', String(rows.indexOf(row) + 1))
    .replace('{count}', String(rows.length))
    .replace('{text}', () => row.dataset.text ?? '');
  if (said) said.textContent = words;
  list.dispatchEvent(new Event('change', { bubbles: true }));
}

/** @param {ParentNode} root make the question within it work; once for each that is put there */
export function wireQuestion(root) {
  for (const list of root.querySelectorAll('[data-order]')) {
    if (!(list instanceof HTMLElement) || list.dataset.wired) continue;
    list.dataset.wired = 'yes';
    markEnds(list);
    list.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('[data-move]') : null;
      if (button instanceof HTMLElement) move(list, button);
    });
  }
}
