/** The evaluator's console: puts its parts together and draws them from the newest state. */
import { drawObserved } from '../live/observed.js';
import { ActError, ask } from '../live/state.js';
import { drawBar } from '../console/bar.js';
import { makeDevices } from '../console/devices.js';
import { makeEndings } from '../console/endings.js';
import { makeGrid, makeSheetToggle } from '../console/grid.js';
import { makeIdentity } from '../console/identity.js';
import { makeLobby } from '../console/lobby.js';
import { makeNotes } from '../console/notes.js';
import { begin } from '../console/oral.js';
import { announce, button, el, say } from '../console/page.js';
import { makeReview } from '../console/review.js';
import { makeRoom } from '../console/room.js';
import { makeScript } from '../console/script.js';
import { makeSaving } from '../console/saving.js';
import { Sheet } from '../console/sheet.js';
import { makeTalk } from '../console/talk.js';
import { minutes, t } from '../console/words.js';

const TICK_MS = 250;
const config = JSON.parse(el('config').textContent ?? '{}');
const oral = await begin(config);
/** @type {Sheet|null} */ let sheet = null;
let asking = false;

const notice = el('notice');
/** @param {string} text */
const warn = (text) => {
  notice.hidden = !text;
  say(el('notice-words'), text);
};
button('notice-close').addEventListener('click', () => warn(''));

/**
 * Do something from a button; a refusal is said on the page, and nothing else happens.
 * @param {string} name
 * @param {Record<string, unknown>} [body]
 */
async function act(name, body) {
  try {
    warn('');
    return await oral.act(name, body);
  } catch (error) {
    if (!(error instanceof ActError)) throw error;
    warn(error.message || t('unreachable'));
    return null;
  }
}

const room = makeRoom(oral, config.ice_servers);
makeDevices(room.local);
const raise = makeSheetToggle();
const endings = makeEndings(oral, act);
const review = makeReview(oral, config.base, config.criteria, moveNote);
const grid = makeGrid(config.criteria, config.scale, () => sheet);
const drawSaving = makeSaving(config.criteria, config.scale, () => sheet);
const drawNotes = makeNotes(config.criteria, () => sheet, moment, review, moveNote, raise);
const drawLobby = makeLobby(oral, act, () => endings.open('candidate_absent', true));
const drawIdentity = makeIdentity(oral, act);
const drawScript = makeScript(oral, act);
const drawTalk = makeTalk(oral);

/** Where a note made now belongs: in the call, or at the moment that is being played. */
function moment() {
  const played = review.moment();
  if (played) return played;
  return { part: oral.state?.part ?? null, second: oral.second };
}

/**
 * Bind a note to another second of the recording, and to the part that ran then.
 * @param {string} name
 * @param {number} second
 */
function moveNote(name, second) {
  const note = sheet?.notes.find((one) => one.client_id === name);
  if (!sheet || !note || review.duration === null) return;
  const at = Math.round(Math.max(0, Math.min(review.duration, second)) * 10) / 10;
  sheet.editNote({ ...note, second: at, part: review.partAt(at) ?? note.part });
  review.seek(at);
  announce(t('note_moved', { time: minutes(at) }));
}

function draw() {
  const state = oral.state;
  const place = el('console');
  const was = place.dataset.state;
  place.dataset.state = state.state;
  if (was !== state.state && state.state === 'ended') raise(true);
  if (was !== state.state && was) announce(t(`state_${state.state}`));
  const lobby = state.state === 'planned' || state.state === 'open';
  const marks = ['ready', 'running', 'ended'].includes(state.state);
  el('lobby').hidden = !lobby;
  el('identity').hidden = state.state !== 'identity';
  el('grid').hidden = !marks || !sheet;
  el('aborted').hidden = state.state !== 'aborted';
  if (marks && !sheet) openSheet();
  drawBar(oral);
  room.draw();
  drawLobby();
  drawIdentity();
  drawScript();
  drawTalk();
  drawObserved(state);
  endings.draw();
  review.draw();
  drawSheet();
}

async function openSheet() {
  if (asking) return;
  asking = true;
  try {
    sheet = new Sheet(await ask(`${config.base}scoresheet`, { method: 'POST', json: {} }), config);
    sheet.addEventListener('change', drawSheet);
    draw();
  } catch (error) {
    if (!(error instanceof ActError)) throw error;
    if (error.status >= 400 && error.status < 500) warn(error.message);
    setTimeout(() => draw(), 2000);
  } finally {
    asking = false;
  }
}

function drawSheet() {
  if (!sheet) return;
  grid.draw();
  grid.forgive();
  drawNotes();
  review.pins(sheet.notes);
  const ended = oral.state?.state === 'ended';
  drawSaving();
  el('grid-foot').hidden = !ended;
  button('submit').hidden = sheet.locked;
  el('done').hidden = !sheet.locked;
  const lacking = config.criteria.filter((/** @type {any} */ one) => /** @type {Sheet} */ (sheet).lacks(one.key).length > 0).length;
  const waits = !['saved', 'bare', 'keeping', 'sending'].includes(sheet.saving);
  if (lacking === 0 && !waits) el('submit-wrong').hidden = true;
  el('submit-line').hidden = !el('submit-wrong').hidden;
  say(el('submit-line'), sheet.locked ? t('submitted') : lacking > 0 ? t('submit_lacks', { num: lacking }) : t(waits ? whyNot(sheet) : 'submit_ready'));
  el('grid').classList.toggle('vg--locked', sheet.locked);
}

/** @param {Sheet} marked what cannot be submitted yet @returns {string} the words that say why */
const whyNot = (marked) => (marked.saving === 'unreadable' ? 'submit_unreadable' : 'submit_waits');

button('submit').addEventListener('click', async () => {
  const wrong = el('submit-wrong');
  wrong.hidden = true;
  button('submit').disabled = true;
  try {
    if (await sheet?.submit()) announce(t('submitted'));
    else {
      wrong.hidden = false;
      say(wrong, t(sheet ? whyNot(sheet) : 'submit_waits'));
      el('submit-line').hidden = true;
    }
  } catch (error) {
    if (!(error instanceof ActError)) throw error;
    wrong.hidden = false;
    say(wrong, error.message || t('unreachable'));
    el('submit-line').hidden = true;
    if (error.status === 422) grid.complain();
  } finally {
    button('submit').disabled = false;
  }
});
button('take-over').addEventListener('click', () => act('claim', { take_over: true }));

oral.addEventListener('state', draw);
oral.addEventListener('link', () => {
  drawLink();
});
function drawLink() {
  const fine = oral.linked && !oral.stale;
  el('offline').hidden = fine;
  if (!fine) say(el('offline-words'), t(oral.linked ? 'signed_out' : 'unreachable'));
}
addEventListener('pagehide', () => oral.leave());
setInterval(() => {
  drawBar(oral);
  room.tick();
  drawLink();
  if (!el('lobby').hidden) drawLobby();
}, TICK_MS);
draw();
oral.start();
