/** Questions to the server, and what an oral's page makes of the answers: over a real connection. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { ask, RequestError } from '../base/http.js';
import { OralClient } from '../live/state.js';

/** @type {(response: import('node:http').ServerResponse) => void} */ let answered = () => {};
const server = createServer((_, response) => answered(response));
let base = '';

before(async () => {
  // The token of the page, of which there is none here.
  Object.assign(globalThis, { document: { querySelector: () => null } });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  base = `http://127.0.0.1:${address.port}/`;
});

after(() => {
  server.closeAllConnections();
  server.close();
});

/** @param {Promise<unknown>} asked @returns {Promise<[string, number]>} */
const refusal = (asked) => asked.then(
  (body) => assert.fail(`answered ${JSON.stringify(body)}`),
  (error) => {
    assert.ok(error instanceof RequestError);
    return [error.message, error.status];
  },
);

test('an answer whose end does not come has not come', async () => {
  answered = (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write('{"state": ');
  };
  assert.deepEqual(await refusal(ask(base, { offline: 'no network', patience: 500 })), ['no network', 0]);
});

test('an answer that is cut off has not come', async () => {
  answered = (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
    response.write('{"state": ', () => response.destroy());
  };
  assert.deepEqual(await refusal(ask(base, { offline: 'no network' })), ['no network', 0]);
});

test('an answer without a body is nothing new', async () => {
  answered = (response) => response.writeHead(204).end();
  assert.deepEqual(await ask(base), {});
});

test('a refusal says its sentence, or ours where it has none', async () => {
  answered = (response) => response.writeHead(409).end('{"error": "Too late."}');
  assert.deepEqual(await refusal(ask(base, { offline: 'no network' })), ['Too late.', 409]);
  answered = (response) => response.writeHead(502).end('<h1>Bad gateway</h1>');
  assert.deepEqual(await refusal(ask(base, { offline: 'no network' })), ['no network', 502]);
});

test('only a server that says so makes of the console one whose session has ended', async () => {
  const now = '2026-12-03T14:30:00Z';
  const state = /** @type {import('../types/shown').ObserverState} */ ({ interview: 12, now });
  const oral = new OralClient({ base, state, beat_s: 5, device: 'one' });
  /** @type {[number, string][]} */
  const answers = [[401, '{}'], [200, JSON.stringify(state)], [403, '{}'], [503, '{}'], [500, '{}'], [200, '{']];
  const seen = [];
  for (const [status, body] of answers) {
    answered = (response) => response.writeHead(status).end(body);
    await oral.refresh();
    seen.push([status, oral.signedOut, oral.linked]);
  }
  assert.deepEqual(seen, [
    [401, true, true],
    [200, false, true],
    [403, true, true],
    [503, false, false],
    [500, false, true],
    [200, false, false],
  ]);
});
