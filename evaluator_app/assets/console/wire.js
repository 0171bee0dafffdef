/** Requests of the console: JSON both ways, the token of the page, errors that say what they are. */

/** A refusal or a failure of a request. */
export class Refusal extends Error {
  /**
   * @param {string} message in the person's words
   * @param {number} status 0 when nothing came back
   * @param {Record<string, any>} body
   */
  constructor(message, status, body = {}) {
    super(message);
    this.status = status;
    this.body = body;
  }

  /** Nothing came back, or the server is not well: the same request may succeed later. */
  get passing() {
    return this.status === 0 || this.status >= 500 || this.status === 429;
  }

  /** What `RoomConnection` asks of an error: that trying again is of no use. */
  get fatal() {
    return !this.passing;
  }
}

const token = document.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? '';

/**
 * @param {string} method
 * @param {string} address
 * @param {object} [body]
 * @param {{keepalive?: boolean}} [options]
 * @returns {Promise<any>}
 */
export async function ask(method, address, body, options = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json', 'X-CSRFToken': token };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(address, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      keepalive: options.keepalive ?? false,
      redirect: 'manual',
      signal: AbortSignal.timeout(15_000),
    });
  } catch {
    throw new Refusal('', 0);
  }
  // A sign-in page instead of JSON: the session has ended.
  if (answer.type === 'opaqueredirect') throw new Refusal('', 401);
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(String(data.error ?? ''), answer.status, data);
  return data;
}
