/** What has happened that the evaluator should hear of wherever they look. Pure: `alerting.js` tells. */

/** @typedef {import('../types/shown').EvaluatorState} State */
/** @typedef {{kind: 'waiting'|'gone'|'back', words?: undefined} | {kind: 'message'|'problem', words: string}} Alert */

const BEFORE = ['planned', 'open'];
const DURING = ['identity', 'ready', 'running'];

/** @param {State} state whether the candidate waits, or is in the room */
const isThere = ({ state, candidate }) => (BEFORE.includes(state) ? candidate.present && candidate.waiting_since !== null : candidate.present);

/**
 * @param {State} before
 * @param {State} after
 * @param {number} me who looks
 * @returns {Alert[]} in the order of weight, the heaviest last
 */
export function alertsBetween(before, after, me) {
  /** @type {Alert[]} */
  const alerts = [];
  const was = isThere(before);
  const is = isThere(after);
  if (BEFORE.includes(after.state)) {
    if (is && !was) alerts.push({ kind: 'waiting' });
    else if (was && !is) alerts.push({ kind: 'gone' });
  } else if (DURING.includes(before.state) && DURING.includes(after.state) && was !== is) alerts.push({ kind: is ? 'back' : 'gone' });
  const known = new Set(before.incidents.map(({ id }) => id));
  const problems = after.incidents.filter(({ id, by }) => by !== null && by !== me && !known.has(id)).map(({ note }) => note);
  // A problem is also a line of the messages: it is told of once, as what it is.
  const read = new Set(before.chat.map(({ id }) => id));
  for (const { id, mine, text } of after.chat) if (!mine && !read.has(id) && !problems.includes(text)) alerts.push({ kind: 'message', words: text });
  for (const words of problems) alerts.push({ kind: 'problem', words });
  return alerts;
}

/**
 * Whether a sound may be made: never into the call.
 * @param {State} state
 */
export const mayChime = ({ state }) => !DURING.includes(state);
