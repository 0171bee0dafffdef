/** The card that the evaluator reveals: title, situation, what to do. */
import { find, write } from '../base/dom.js';

/** @param {import('../types/shown').CardShown|null} card */
export function showCard(card) {
  const place = find('[data-card]');
  place.hidden = !card;
  if (!card || place.dataset.id === String(card.id)) return;
  place.dataset.id = String(card.id);
  write(find('[data-card-title]'), card.title);
  write(find('[data-card-situation]'), card.situation);
  const list = document.createElement('ul');
  for (const task of card.instructions) {
    const item = document.createElement('li');
    write(item, task);
    list.append(item);
  }
  find('[data-card-task]').replaceChildren(list);
}
