/**
 * The one way to ask the server: with the token of the page, an end to waiting, and one kind of error.
 */

/** No answer within this time: the network swallowed the question. */
const PATIENCE_MS = 15_000;

/** What the server refused, or what did not reach it (`status` 0). */
export class RequestError extends Error {
  /**
   * @param {string} message a sentence for the person
   * @param {number} status
   * @param {string|null} [field]
   * @param {Record<string, any>} [body] the whole answer
   */
  constructor(message, status, field = null, body = {}) {
    super(message);
    this.status = status;
    this.field = field;
    this.body = body;
    /** Nothing that one tries again would change it. */
    this.fatal = status === 404 || status === 403;
  }
}

/** @returns {string} the token that every writing request carries */
const csrfToken = () =>
  document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? '';

/**
 * Take a new token from a fresh copy of this page: another tab signed in meanwhile.
 * @returns {Promise<boolean>} whether there is another one
 */
async function renewToken() {
  const fresh = await freshPage();
  const token = fresh?.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? '';
  if (token) document.querySelector('meta[name="csrf-token"]')?.setAttribute('content', token);
  return token !== '';
}

/**
 * Send and read JSON.
 * @template [T=unknown]
 * @param {string} address
 * @param {RequestInit & {json?: unknown, offline?: string, patience?: number, renewed?: boolean}} [options]
 *   `offline`: what to say when the server cannot be reached; `patience`: milliseconds to wait for
 *   the answer; `renewed`: asked a second time
 * @returns {Promise<T>}
 */
export async function ask(address, { json, offline = '', patience = PATIENCE_MS, renewed = false, ...options } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json', 'X-CSRFToken': csrfToken() };
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(address, {
      signal: AbortSignal.timeout(patience),
      ...options,
      headers: { ...headers, ...options.headers },
      body: json === undefined ? options.body : JSON.stringify(json),
    });
  } catch {
    throw new RequestError(offline, 0);
  }
  // A session that ended is sent to the sign-in page: an answer, but not ours.
  if (answer.redirected) throw new RequestError('', 403);
  const body = answer.status === 204 ? {} : await answer.json().catch(() => null);
  if (answer.status === 400 && !renewed && (await renewToken())) {
    return ask(address, { json, offline, patience, renewed: true, ...options });
  }
  if (!answer.ok) throw new RequestError(body?.error ?? offline, answer.status, body?.field ?? null, body ?? {});
  // Cut off between its head and its end, it has not come: an empty answer would be taken as news.
  if (body === null) throw new RequestError(offline, 0);
  return body;
}

/**
 * Say something as the page goes away, without waiting for an answer.
 * @param {string} address
 * @param {unknown} json
 */
export function tell(address, json) {
  const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() };
  fetch(address, { method: 'POST', keepalive: true, headers, body: JSON.stringify(json) }).catch(() => {});
}

/**
 * A fresh copy of this page; null where the server cannot be reached, or the session has ended.
 * @returns {Promise<Document|null>}
 */
export async function freshPage() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const text = await answer.text().catch(() => null);
  return text === null ? null : new DOMParser().parseFromString(text, 'text/html');
}
