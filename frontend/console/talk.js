/** The written chat beside the video. */
import { find, make, write } from '../base/dom.js';
import { RequestError } from '../base/http.js';
import { keepWords } from './drafts.js';
import { composes } from './keys.js';
import { hour } from './times.js';

/** @typedef {import('./oral.js').Oral} Oral */

/**
 * @param {Oral} oral
 * @param {import('./drafts.js').Draft} draft
 */
export function makeTalk(oral, draft) {
  const field = find('#chat-text', HTMLInputElement);
  const put = keepWords(field, draft);
  const opener = find('#chat-open', HTMLButtonElement);
  const drawer = find('#chat');
  const lines = find('#chat-lines');
  let read = -1;
  let drawn = '';

  /** @param {boolean} open */
  const show = (open) => {
    drawer.hidden = !open;
    opener.setAttribute('aria-expanded', String(open));
    if (open) field.focus();
    else opener.focus();
    draw();
  };

  opener.addEventListener('click', () => show(Boolean(drawer.hidden)));
  find('#chat-close', HTMLButtonElement).addEventListener('click', () => show(false));
  drawer.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !composes(event)) close();
  });
  find('#chat-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    put('');
    const name = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
    try {
      await oral.act('chat', { client_id: name, text });
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // What was written is not lost: it goes back where it can be sent again.
      put(text);
    }
  });

  function draw() {
    const chat = oral.state?.chat ?? [];
    opener.disabled = !oral.may('chat');
    if (read < 0) read = chat.length;
    if (!drawer.hidden) read = chat.length;
    const unread = chat.slice(read).filter((line) => !line.mine).length;
    find('#chat-count').hidden = unread === 0;
    write(find('#chat-count'), String(unread));
    find('#chat-none').hidden = chat.length > 0;
    const key = chat.map((line) => line.id).join();
    if (key === drawn) return;
    drawn = key;
    lines.replaceChildren(
      ...chat.map((line) =>
        make('li', { class: line.mine ? 'vv-console-line vv-console-line--mine' : 'vv-console-line' }, make('small', {}, `${line.author} · ${hour(line.at)}`), make('p', {}, line.text)),
      ),
    );
    lines.scrollTop = lines.scrollHeight;
  }
  /** @returns {boolean} false: it was not open */
  function close() {
    if (drawer.hidden) return false;
    show(false);
    return true;
  }

  return { close, draw };
}
