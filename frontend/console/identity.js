/** The identity document: the still beside the live face, what agrees, its kind and expiry. */
import { find, make, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { RequestError } from '../base/http.js';
import { recalled, remember } from '../base/remembered.js';
import { keepWords } from './drafts.js';
import { day, locale } from './times.js';

const LAST_KIND = 'viva.document-kind';

/** @typedef {import('./oral.js').Oral} Oral */

/**
 * @param {Oral} oral
 * @param {import('./oral.js').DoAct} act
 * @param {import('./drafts.js').Draft} draft of why it is refused
 */
export function makeIdentity(oral, act, draft) {
  const why = find('#refuse-reason', HTMLTextAreaElement);
  const put = keepWords(why, draft);
  const kind = find('#document-type', HTMLSelectElement);
  const chosen = () => /** @type {import('../types/posted').DocumentType|''} */ (kind.value);
  const expiry = find('#document-expiry', HTMLInputElement);
  const image = find('#still-image', HTMLImageElement);
  const ticks = () => [...find('#ticks').querySelectorAll('input')];
  const wrong = find('#identity-wrong');
  const guide = find('#identity-guide');
  const asking = guide.textContent ?? '';

  /** @param {string} text */
  const showWrong = (text) => {
    wrong.hidden = !text;
    write(wrong, text);
  };

  // What comes next has the keyboard: the picture, what agrees, the document's kind and date.
  find('#picture', HTMLButtonElement).addEventListener('click', async () => {
    await act('picture-request');
    find('#agree', HTMLButtonElement).focus();
  });
  find('#agree', HTMLButtonElement).addEventListener('click', () => {
    for (const tick of ticks()) tick.checked = true;
    (kind.value ? expiry : kind).focus();
  });
  find('#still-zoom', HTMLButtonElement).addEventListener('click', () => {
    find('#zoom-image', HTMLImageElement).src = image.src;
    find('#zoom', HTMLDialogElement).showModal();
  });
  find('#identity-confirm', HTMLButtonElement).addEventListener('click', async () => {
    const agrees = ticks().filter((tick) => tick.checked).map((tick) => tick.value);
    if (agrees.length < ticks().length) return showWrong(say('identity_ticks'));
    const type = chosen();
    if (!type) return showWrong(say('identity_kind')), kind.focus();
    if (!expiry.value) return showWrong(say('identity_expiry')), expiry.focus();
    showWrong('');
    try {
      await oral.act('identity/confirm', { document_type: type, document_expiry: expiry.value, agrees });
      remember(LAST_KIND, type);
    } catch (error) {
      if (error instanceof RequestError) showWrong(error.message || say('unreachable'));
    }
  });
  find('#identity-refuse', HTMLButtonElement).addEventListener('click', () => find('#refuse', HTMLDialogElement).showModal());
  find('#refuse-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    const agrees = ticks().filter((tick) => tick.checked).map((tick) => tick.value);
    const reason = why.value.trim();
    try {
      await oral.act('identity/refuse', {
        reason,
        agrees,
        document_type: chosen() || null,
        document_expiry: expiry.value || null,
      });
      find('#refuse', HTMLDialogElement).close();
      put('');
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      find('#refuse-wrong').hidden = false;
      write(find('#refuse-wrong'), error.message || say('unreachable'));
    }
  });

  return function draw() {
    const { identity } = oral.state;
    for (const place of document.querySelectorAll('[data-enrolled]')) {
      const field = /** @type {keyof import('../types/shown').EnrolledIdentity} */ (/** @type {HTMLElement} */ (place).dataset.enrolled);
      const value = identity.enrolled[field];
      write(place, field === 'birth_date' && value ? day(value) : value);
    }
    const { enrolled } = identity;
    find('#used').hidden = !enrolled.used_name || enrolled.used_name === enrolled.birth_name;
    if (kind.options.length === 1) {
      kind.append(...identity.document_types.map((type) => make('option', { value: type.value }, locale === 'en' ? type.name_en : type.name_fr)));
      kind.value = recalled(LAST_KIND) ?? '';
    }
    const { picture_url: picture } = identity;
    const seen = picture !== null;
    if (picture && image.getAttribute('src') !== picture) image.src = picture;
    find('#still-zoom', HTMLButtonElement).hidden = !seen;
    find('#still-none').hidden = seen;
    find('#still').classList.toggle('vv-console-still--seen', seen);
    const confirms = oral.may('identity/confirm');
    const awaited = identity.requested ? say(confirms ? 'picture_late' : 'picture_coming') : '';
    write(find('#still-words'), awaited || say('picture_none'));
    // Over a picture that is there already, what is said of the next one stands above it.
    write(guide, (seen && awaited) || asking);
    find('#picture', HTMLButtonElement).disabled = !oral.may('picture-request');
    find('#picture', HTMLButtonElement).classList.toggle('btn-primary', !seen);
    find('#picture-first').hidden = seen;
    find('#picture-again').hidden = !seen;
    find('#identity-confirm', HTMLButtonElement).disabled = !confirms;
    find('#identity-confirm', HTMLButtonElement).classList.toggle('btn-primary', seen);
    find('#identity-refuse', HTMLButtonElement).disabled = !oral.may('identity/refuse');
  };
}
