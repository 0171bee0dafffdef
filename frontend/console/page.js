/** The elements of the console's page, found once; a missing one is a fault of the template. */

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function find(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return element;
}

/** @param {string} id */
export const el = (id) => find(id, HTMLElement);
/** @param {string} id */
export const button = (id) => find(id, HTMLButtonElement);
/** @param {string} id */
export const dialog = (id) => find(id, HTMLDialogElement);
/** @param {string} id */
export const input = (id) => find(id, HTMLInputElement);

/**
 * Write text only when it differs, so that screen readers and selections are left in peace.
 * @param {Element} element
 * @param {string} text
 */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node|string)[]} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * An icon of the sprite, as `macros/ui.html` draws it.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  const any = document.querySelector('svg.icon use');
  const sprite = any?.getAttribute('href')?.split('#')[0] ?? '';
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/**
 * Tell a screen reader something once.
 * @param {string} text
 */
export function announce(text) {
  const place = el('said');
  place.textContent = '';
  requestAnimationFrame(() => {
    place.textContent = text;
  });
}

/** Whether somebody is typing, so that letters and digits are theirs. */
export function typing() {
  const at = document.activeElement;
  if (document.querySelector('dialog[open]')) return true;
  if (at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement) return true;
  return at instanceof HTMLInputElement && !['radio', 'checkbox'].includes(at.type);
}
