/** What is said in each part: instructions, prompts as cards, the level of the cards, the card. */
import { find, icon, make, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { locale } from './times.js';

/** @typedef {import('./oral.js').Oral} Oral */
/** @typedef {import('../types/shown').Prompt} Prompt */

/**
 * @param {Oral} oral
 * @param {import('./oral.js').DoAct} act
 */
export function makeScript(oral, act) {
  const storageKey = `viva.asked.${oral.id}`;
  /** @type {Set<string>} */
  const asked = new Set(JSON.parse(sessionStorage.getItem(storageKey) ?? '[]'));
  let drawn = '';

  /** @param {string} id */
  const toggle = (id) => {
    if (!asked.delete(id)) asked.add(id);
    sessionStorage.setItem(storageKey, JSON.stringify([...asked]));
    for (const card of document.querySelectorAll('[data-prompt]')) {
      if (!(card instanceof HTMLElement)) continue;
      card.setAttribute('aria-pressed', String(asked.has(card.dataset.prompt ?? '')));
    }
  };

  /** @param {string} level as the page offers it */
  const pick = (level) => act('level', { level: /** @type {import('../types/posted').Level} */ (level) });

  find('#deal', HTMLButtonElement).addEventListener('click', () => act('deal', { card: oral.state.card?.id ?? null }));
  find('#reveal', HTMLButtonElement).addEventListener('click', () => act('reveal'));
  const levelButtons = [...document.querySelectorAll('[data-level]')].filter((button) => button instanceof HTMLButtonElement);
  for (const button of levelButtons) button.addEventListener('click', () => pick(button.dataset.level ?? ''));
  const levels = find('#card-level', HTMLSelectElement);
  levels.addEventListener('change', () => pick(levels.value));
  /**
   * Say that a question was asked, or not; where a level is to be picked, pick it.
   * @param {number} number 1 is the first that is shown
   */
  function ask(number) {
    const level = find('#levels').hidden ? undefined : levelButtons[number - 1];
    level?.click();
    if (level) return true;
    const prompt = document.querySelectorAll('[data-prompt]')[number - 1];
    if (prompt instanceof HTMLElement) toggle(prompt.dataset.prompt ?? '');
    return prompt instanceof HTMLElement;
  }

  /** @param {Prompt[]} prompts */
  const drawPrompts = (prompts) => {
    const key = JSON.stringify(prompts);
    if (key === drawn) return;
    drawn = key;
    find('#prompts').replaceChildren(
      ...prompts.map((prompt, index) => {
        const words = make('span', {}, prompt.text);
        if (prompt.level) words.append(make('b', { class: 'vv-console-prompt__level' }, prompt.level));
        if (prompt.simpler) words.append(make('small', {}, prompt.simpler));
        const card = make(
          'button',
          {
            type: 'button',
            class: 'vv-console-prompt',
            'data-prompt': prompt.id,
            'aria-pressed': String(asked.has(prompt.id)),
          },
          make('kbd', { class: 'vv-key', 'aria-hidden': 'true' }, index < 9 ? String(index + 1) : '·'),
          words,
          icon('check'),
        );
        card.addEventListener('click', () => toggle(prompt.id));
        return make('li', {}, card);
      }),
    );
  };

  let guided = '';
  /** @param {boolean} open */
  const showGuide = (open) => {
    find('#guide').hidden = !open;
    find('#guide-toggle', HTMLButtonElement).setAttribute('aria-expanded', String(open));
  };
  find('#guide-toggle', HTMLButtonElement).addEventListener('click', () => showGuide(Boolean(find('#guide').hidden)));

  /**
   * What to do and to say in a part; open before the start, put away once the part runs.
   * @param {import('../types/shown').PartScript} script
   * @param {string} where
   */
  const drawGuide = (script, where) => {
    if (where === guided) return;
    guided = where;
    const todo = script.instructions.map((words) => make('li', {}, words[locale]));
    find('#guide-do').replaceChildren(...todo);
    find('#guide-say').replaceChildren(
      ...script.opening.map((line) => make('li', {}, line)),
    );
    find('#guide-toggle', HTMLButtonElement).hidden = todo.length === 0;
    showGuide(where === 'ready' && todo.length > 0);
  };

  let group = '';
  /** @param {import('../types/shown').PromptGroup[]} groups */
  const drawGroups = (groups) => {
    const place = find('#groups');
    if (!groups.some(({ key }) => key === group)) group = groups[0]?.key ?? '';
    const shown = `${groups.map(({ key }) => key)} ${group}`;
    if (place.dataset.drawn === shown) return;
    place.dataset.drawn = shown;
    place.replaceChildren(
      ...groups.map(({ key, name_fr, name_en }) => {
        const chip = make(
          'button',
          { type: 'button', class: 'vv-console-chip', 'aria-pressed': String(key === group) },
          locale === 'en' ? name_en : name_fr,
        );
        chip.addEventListener('click', () => {
          group = key;
          draw();
        });
        return chip;
      }),
    );
  };

  function draw() {
    const state = oral.state;
    const shown = state.state === 'ready' || state.state === 'running';
    find('#script').hidden = !shown;
    if (!shown) return;
    const running = state.state === 'running';
    const number = state.part ?? 1;
    const part = state.parts[number - 1];
    write(find('#script-title'), say('part_title', { number, name: locale === 'en' ? part.name_en : part.name_fr }));
    const { script } = state;
    drawGuide(script, running ? String(number) : 'ready');
    const { groups } = script;
    drawGroups(running ? groups : []);
    find('#levels').hidden = !running || number === 1 || Boolean(state.cards_level);
    drawCard(oral);
    const own = groups.find(({ key }) => key === group)?.prompts ?? [];
    drawPrompts(running ? (state.card?.prompts ?? own) : []);
  }
  return { ask, draw };
}

/** @param {Oral} oral */
function drawCard(oral) {
  const card = oral.state?.card;
  find('#card').hidden = !card;
  if (!card) return;
  write(find('#card-title'), card.title);
  const level = find('#card-level', HTMLSelectElement);
  if (document.activeElement !== level) level.value = card.level;
  level.disabled = !oral.may('level') || Boolean(card.revealed_at);
  find('#card').classList.toggle('vv-console-card--seen', Boolean(card.revealed_at));
  write(find('#card-seen'), say(card.revealed_at ? 'card_seen' : 'card_hidden'));
  find('#deal', HTMLButtonElement).hidden = !oral.may('deal') || Boolean(card.revealed_at);
  find('#reveal', HTMLButtonElement).hidden = !oral.may('reveal') || Boolean(card.revealed_at);
  /** @type {[string, string[]][]} */
  const told = /** @type {const} */ (['situation', 'instructions', 'role', 'elicit']).map((key) => [key, [card[key]].flat().filter(Boolean)]);
  const rows = told.filter(([, words]) => words.length > 0);
  const facts = find('#card-facts');
  if (facts.dataset.card === `${card.id}`) return;
  facts.dataset.card = `${card.id}`;
  facts.replaceChildren(
    ...rows.map(([key, words]) =>
      make(
        'div',
        {},
        make('dt', {}, say(`card_${key}`)),
        make('dd', { lang: find('#card-title').lang }, ...words.map((word) => make('p', {}, word))),
      ),
    ),
  );
}
