/** Lines of text between the two people; kept by the server, shown again after a reload. */
import { find, write } from '../base/dom.js';
import { say } from '../base/words.js';

/** Events: `change` (opened or closed). */
export class Chat extends EventTarget {
  open = false;
  #client;
  #seen = 0;
  #drawn = '';
  #first = true;
  #panel = find('[data-chat]');
  #lines = find('[data-lines]');
  #toggle = find('[data-chat-toggle]');
  #input = find('#chat-text', HTMLInputElement);

  /** @param {import('./client.js').CandidateClient} client */
  constructor(client) {
    super();
    this.#client = client;
    this.#toggle.addEventListener('click', () => this.#set(!this.open, true));
    find('[data-chat-close]').addEventListener('click', () => {
      this.#set(false);
      this.#toggle.focus();
    });
    find('[data-chat-form]').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#send();
    });
  }

  /** Show what was said; a line of the evaluator opens the panel without taking the focus. */
  draw() {
    const { chat } = this.#client.state;
    const theirs = chat.filter((line) => !line.mine).length;
    const news = theirs > this.#seen && !this.#first;
    this.#seen = theirs;
    this.#first = false;
    if (news && !this.open) this.#set(true);
    const key = chat.map((line) => line.id).join();
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#lines.replaceChildren(...chat.map(item));
    const scroll = this.#lines.parentElement;
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
  }

  /**
   * @param {boolean} open
   * @param {boolean} [focus]
   */
  #set(open, focus = false) {
    this.open = open;
    this.#panel.hidden = !open;
    this.#toggle.setAttribute('aria-expanded', String(open));
    this.dispatchEvent(new Event('change')); // shows the column: what is hidden takes no focus
    if (open && focus) this.#input.focus();
  }

  async #send() {
    const text = this.#input.value.trim();
    if (!text) return;
    const client_id = crypto.getRandomValues(new Uint32Array(3)).join('-');
    this.#input.disabled = true;
    try {
      await this.#client.act('chat', { client_id, text });
      this.#input.value = '';
    } catch (error) {
      this.#input.setCustomValidity(error instanceof Error ? error.message : say('offline'));
      this.#input.reportValidity();
      this.#input.setCustomValidity('');
    } finally {
      this.#input.disabled = false;
      this.#input.focus();
    }
  }
}

/** @param {import('../types/shown').ChatLine} line */
function item(line) {
  const row = document.createElement('li');
  row.toggleAttribute('data-mine', line.mine);
  const author = document.createElement('small');
  write(author, line.mine ? say('you') : line.author);
  const text = document.createElement('span');
  write(text, line.text);
  row.append(author, text);
  return row;
}
