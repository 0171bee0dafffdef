/** The identity document: the still beside the live face, what agrees, its kind and expiry. */
import { ActError } from '../live/state.js';
import { button, dialog, el, find, input, make, say } from './page.js';
import { day, locale, t } from './words.js';

/** @typedef {import('./oral.js').Oral} Oral */

/**
 * @param {Oral} oral
 * @param {(act: string, body?: Record<string, unknown>) => Promise<any>} act
 */
export function makeIdentity(oral, act) {
  const kind = find('document-type', HTMLSelectElement);
  const expiry = input('document-expiry');
  const image = find('still-image', HTMLImageElement);
  const ticks = () => [...el('ticks').querySelectorAll('input')];
  const wrong = el('identity-wrong');

  /** @param {string} text */
  const complain = (text) => {
    wrong.hidden = !text;
    say(wrong, text);
  };

  button('picture').addEventListener('click', () => act('picture-request'));
  button('still-zoom').addEventListener('click', () => {
    find('zoom-image', HTMLImageElement).src = image.src;
    dialog('zoom').showModal();
  });
  button('identity-confirm').addEventListener('click', async () => {
    const agrees = ticks().filter((tick) => tick.checked).map((tick) => tick.value);
    if (agrees.length < ticks().length) return complain(t('identity_ticks'));
    if (!kind.value) return complain(t('identity_kind')), kind.focus();
    if (!expiry.value) return complain(t('identity_expiry')), expiry.focus();
    complain('');
    try {
      await oral.act('identity/confirm', { document_type: kind.value, document_expiry: expiry.value, agrees });
    } catch (error) {
      if (error instanceof ActError) complain(error.message || t('unreachable'));
    }
  });
  button('identity-refuse').addEventListener('click', () => dialog('refuse').showModal());
  find('refuse-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    const agrees = ticks().filter((tick) => tick.checked).map((tick) => tick.value);
    const reason = find('refuse-reason', HTMLTextAreaElement).value.trim();
    try {
      await oral.act('identity/refuse', {
        reason,
        agrees,
        document_type: kind.value || null,
        document_expiry: expiry.value || null,
      });
      dialog('refuse').close();
    } catch (error) {
      if (!(error instanceof ActError)) throw error;
      el('refuse-wrong').hidden = false;
      say(el('refuse-wrong'), error.message || t('unreachable'));
    }
  });

  return function draw() {
    const identity = oral.state?.identity;
    if (!identity) return;
    for (const place of document.querySelectorAll('[data-enrolled]')) {
      const field = /** @type {HTMLElement} */ (place).dataset.enrolled ?? '';
      const value = identity.enrolled?.[field] ?? '';
      say(place, field === 'birth_date' && value ? day(value) : value);
    }
    const enrolled = identity.enrolled ?? {};
    el('used').hidden = !enrolled.used_name || enrolled.used_name === enrolled.birth_name;
    for (const type of kind.options.length > 1 ? [] : (identity.document_types ?? [])) {
      kind.append(make('option', { value: type.value }, locale === 'en' ? type.name_en : type.name_fr));
    }
    const seen = Boolean(identity.picture_url);
    if (seen && image.getAttribute('src') !== identity.picture_url) image.src = identity.picture_url;
    button('still-zoom').hidden = !seen;
    el('still-none').hidden = seen;
    el('still').classList.toggle('vc-still--seen', seen);
    say(el('still-words'), t(identity.requested ? 'picture_coming' : 'picture_none'));
    button('picture').disabled = !oral.may('picture-request') || identity.requested;
    button('picture').classList.toggle('btn-primary', !seen);
    button('identity-confirm').disabled = !oral.may('identity/confirm');
    button('identity-confirm').classList.toggle('btn-primary', seen);
    button('identity-refuse').disabled = !oral.may('identity/refuse');
  };
}
