/** What is said in each part: instructions, prompts as cards, the level of the cards, the card. */
import { button, el, find, icon, make, say, typing } from './page.js';
import { locale, t } from './words.js';

/** @typedef {import('./oral.js').Oral} Oral */
/** @typedef {{id: string, text: string, simpler?: string}} Prompt */

/**
 * @param {Oral} oral
 * @param {(act: string, body?: Record<string, unknown>) => Promise<any>} act
 */
export function makeScript(oral, act) {
  const shelf = `viva.asked.${oral.id}`;
  /** @type {Set<string>} */
  const asked = new Set(JSON.parse(sessionStorage.getItem(shelf) ?? '[]'));
  let drawn = '';

  /** @param {string} id */
  const toggle = (id) => {
    if (!asked.delete(id)) asked.add(id);
    sessionStorage.setItem(shelf, JSON.stringify([...asked]));
    for (const one of document.querySelectorAll('[data-prompt]')) {
      if (!(one instanceof HTMLElement)) continue;
      one.setAttribute('aria-pressed', String(asked.has(one.dataset.prompt ?? '')));
    }
  };

  button('start').addEventListener('click', () => act('start'));
  button('next').addEventListener('click', () => act('next', { part: oral.state?.part }));
  button('deal').addEventListener('click', () => act('deal', { card: oral.state.card?.id ?? null }));
  button('reveal').addEventListener('click', () => act('reveal'));
  for (const one of document.querySelectorAll('[data-level]')) {
    one.addEventListener('click', () => act('level', { level: /** @type {HTMLElement} */ (one).dataset.level }));
  }
  const level = find('card-level', HTMLSelectElement);
  level.addEventListener('change', () => act('level', { level: level.value }));
  document.addEventListener('keydown', (event) => {
    if (!/^[1-9]$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey || typing()) return;
    const prompt = document.querySelectorAll('[data-prompt]')[Number(event.key) - 1];
    if (!(prompt instanceof HTMLElement)) return;
    event.preventDefault();
    toggle(prompt.dataset.prompt ?? '');
  });

  /** @param {Prompt[]} prompts */
  const drawPrompts = (prompts) => {
    const key = JSON.stringify(prompts);
    if (key === drawn) return;
    drawn = key;
    el('prompts').replaceChildren(
      ...prompts.map((prompt, index) => {
        const words = make('span', {}, prompt.text);
        if (prompt.simpler) words.append(make('small', {}, prompt.simpler));
        const card = make(
          'button',
          {
            type: 'button',
            class: 'vc-prompt',
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
    el('guide').hidden = !open;
    button('guide-toggle').setAttribute('aria-expanded', String(open));
  };
  button('guide-toggle').addEventListener('click', () => showGuide(Boolean(el('guide').hidden)));

  /**
   * What to do and to say in a part; open before the start, put away once the part runs.
   * @param {Record<string, any>} script
   * @param {string} where
   */
  const drawGuide = (script, where) => {
    if (where === guided) return;
    guided = where;
    const todo = (script.instructions ?? []).map((/** @type {any} */ one) => make('li', {}, one[locale]));
    el('guide-do').replaceChildren(...todo);
    el('guide-say').replaceChildren(
      ...(script.opening ?? []).map((/** @type {string} */ line) => make('li', {}, line)),
    );
    button('guide-toggle').hidden = todo.length === 0;
    showGuide(where === 'ready' && todo.length > 0);
  };

  let group = '';
  /** @param {Record<string, any>[]} groups */
  const drawGroups = (groups) => {
    const place = el('groups');
    if (!groups.some((one) => one.key === group)) group = groups[0]?.key ?? '';
    const key = `${groups.map((one) => one.key)} ${group}`;
    if (place.dataset.drawn === key) return;
    place.dataset.drawn = key;
    place.replaceChildren(
      ...groups.map((one) => {
        const chip = make(
          'button',
          { type: 'button', class: 'vc-chip', 'aria-pressed': String(one.key === group) },
          locale === 'en' ? one.name_en : one.name_fr,
        );
        chip.addEventListener('click', () => {
          group = one.key;
          draw();
        });
        return chip;
      }),
    );
  };

  function draw() {
    const state = oral.state;
    const shown = state.state === 'ready' || state.state === 'running';
    el('script').hidden = !shown;
    if (!shown) return;
    const running = state.state === 'running';
    const number = state.part ?? 1;
    const part = state.parts[number - 1];
    say(el('script-title'), t('part_title', { number, name: locale === 'en' ? part.name_en : part.name_fr }));
    button('start').hidden = running;
    button('start').disabled = !oral.may('start');
    button('next').hidden = !running || number === 3;
    button('next').disabled = !oral.may('next');
    const script = state.script ?? {};
    drawGuide(script, running ? String(number) : 'ready');
    const groups = script.groups ?? [];
    drawGroups(running ? groups : []);
    el('levels').hidden = !running || number === 1 || Boolean(state.cards_level);
    drawCard(oral);
    const own = groups.find((/** @type {any} */ one) => one.key === group)?.prompts ?? [];
    drawPrompts(running ? (state.card?.prompts ?? own) : []);
  }
  return draw;
}

/** @param {Oral} oral */
function drawCard(oral) {
  const card = oral.state?.card;
  el('card').hidden = !card;
  if (!card) return;
  say(el('card-title'), card.title);
  const level = find('card-level', HTMLSelectElement);
  if (document.activeElement !== level) level.value = card.level;
  level.disabled = !oral.may('level') || Boolean(card.revealed_at);
  el('card').classList.toggle('vc-card--seen', Boolean(card.revealed_at));
  say(el('card-seen'), t(card.revealed_at ? 'card_seen' : 'card_hidden'));
  button('deal').hidden = !oral.may('deal') || Boolean(card.revealed_at);
  button('reveal').hidden = !oral.may('reveal') || Boolean(card.revealed_at);
  /** @type {[string, string[]][]} */
  const told = ['situation', 'instructions', 'role', 'elicit'].map((key) => [key, [card[key]].flat().filter(Boolean)]);
  const rows = told.filter(([, words]) => words.length > 0);
  const facts = el('card-facts');
  if (facts.dataset.card === `${card.id}`) return;
  facts.dataset.card = `${card.id}`;
  facts.replaceChildren(
    ...rows.map(([key, words]) =>
      make(
        'div',
        {},
        make('dt', {}, t(`card_${key}`)),
        make('dd', {}, ...words.map((word) => make('p', {}, word))),
      ),
    ),
  );
}
