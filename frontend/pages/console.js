/** The evaluator's console: puts its parts together and draws them from the newest state. */
import { find, write } from '../base/dom.js';
import { pageData, say } from '../base/words.js';
import { ask, RequestError } from '../base/http.js';
import { drawObserved } from '../live/observed.js';
import { drawBar } from '../console/bar.js';
import { makeDevices } from '../console/devices.js';
import { makeEndings } from '../console/endings.js';
import { makeGrid, makeSheetToggle } from '../console/grid.js';
import { makeIdentity } from '../console/identity.js';
import { makeLobby } from '../console/lobby.js';
import { makeNotes } from '../console/notes.js';
import { begin } from '../console/oral.js';
import { announce } from '../console/announce.js';
import { makeReview } from '../console/review.js';
import { makeRoom } from '../console/room.js';
import { makeScript } from '../console/script.js';
import { makeSaving } from '../console/saving.js';
import { Sheet } from '../console/sheet.js';
import { makeTalk } from '../console/talk.js';
import { minutes } from '../console/times.js';

const TICK_MS = 250;
/** @type {import('../types/shown').ConsolePage} */
const page = pageData();
const oral = await begin(page);
/** @type {Sheet|null} */ let sheet = null;
let asking = false;

const notice = find('#notice');
/** @param {string} text */
const warn = (text) => {
  notice.hidden = !text;
  write(find('#notice-words'), text);
};
find('#notice-close', HTMLButtonElement).addEventListener('click', () => warn(''));

/**
 * Do something from a button; a refusal is said on the page, and nothing else happens.
 * @type {import('../console/oral.js').DoAct}
 */
async function act(name, ...said) {
  try {
    warn('');
    return await oral.act(name, ...said);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    warn(error.message || say('unreachable'));
    return null;
  }
}

const room = makeRoom(oral, page.ice);
makeDevices(room.local);
const raise = makeSheetToggle();
const endings = makeEndings(oral, act);
const review = makeReview(oral, page.base, page.criteria, moveNote);
const grid = makeGrid(page.criteria, page.scale, () => sheet);
const drawSaving = makeSaving(page.criteria, page.scale, () => sheet);
const drawNotes = makeNotes(page.criteria, () => sheet, moment, review, moveNote, raise);
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
  const note = sheet?.notes.find(({ client_id }) => client_id === name);
  if (!sheet || !note || review.duration === null) return;
  const at = Math.round(Math.max(0, Math.min(review.duration, second)) * 10) / 10;
  sheet.editNote({ ...note, second: at, part: review.partAt(at) ?? note.part });
  review.seek(at);
  announce(say('note_moved', { time: minutes(at) }));
}

function draw() {
  const state = oral.state;
  const place = find('#console');
  const was = place.dataset.state;
  place.dataset.state = state.state;
  if (was !== state.state && state.state === 'ended') raise(true);
  if (was !== state.state && was) announce(say(`state_${state.state}`));
  const lobby = state.state === 'planned' || state.state === 'open';
  const marks = ['ready', 'running', 'ended'].includes(state.state);
  find('#lobby').hidden = !lobby;
  find('#identity').hidden = state.state !== 'identity';
  find('#grid').hidden = !marks || !sheet;
  find('#aborted').hidden = state.state !== 'aborted';
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
    sheet = new Sheet(await ask(`${page.base}scoresheet`, { method: 'POST', json: {} }), page);
    sheet.addEventListener('change', drawSheet);
    draw();
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    if (error.status >= 400 && error.status < 500) warn(error.message);
    setTimeout(() => draw(), 2000);
  } finally {
    asking = false;
  }
}

function drawSheet() {
  if (!sheet) return;
  grid.draw();
  grid.clearLacks();
  drawNotes();
  review.pins(sheet.notes);
  const ended = oral.state?.state === 'ended';
  drawSaving();
  find('#grid-foot').hidden = !ended;
  find('#submit', HTMLButtonElement).hidden = sheet.locked;
  find('#done').hidden = !sheet.locked;
  const lacking = page.criteria.filter(({ key }) => sheet?.lacks(key).length).length;
  const waits = !['saved', 'bare', 'keeping', 'sending'].includes(sheet.saving);
  if (lacking === 0 && !waits) find('#submit-wrong').hidden = true;
  find('#submit-line').hidden = !find('#submit-wrong').hidden;
  write(find('#submit-line'), sheet.locked ? say('submitted') : lacking > 0 ? say('submit_lacks', { num: lacking }) : say(waits ? whyNot(sheet) : 'submit_ready'));
  find('#grid').classList.toggle('vv-marks--locked', sheet.locked);
}

/** @param {Sheet} marked what cannot be submitted yet @returns {string} the words that say why */
const whyNot = (marked) => (marked.saving === 'unreadable' ? 'submit_unreadable' : 'submit_waits');

find('#submit', HTMLButtonElement).addEventListener('click', async () => {
  const wrong = find('#submit-wrong');
  wrong.hidden = true;
  find('#submit', HTMLButtonElement).disabled = true;
  try {
    if (await sheet?.submit()) announce(say('submitted'));
    else {
      wrong.hidden = false;
      write(wrong, say(sheet ? whyNot(sheet) : 'submit_waits'));
      find('#submit-line').hidden = true;
    }
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    wrong.hidden = false;
    write(wrong, error.message || say('unreachable'));
    find('#submit-line').hidden = true;
    if (error.status === 422) grid.showLacks();
  } finally {
    find('#submit', HTMLButtonElement).disabled = false;
  }
});
find('#take-over', HTMLButtonElement).addEventListener('click', () => act('claim', { take_over: true }));

oral.on('state', draw);
oral.on('link', drawLink);
function drawLink() {
  const fine = oral.linked && !oral.stale;
  find('#offline').hidden = fine;
  if (!fine) write(find('#offline-words'), say(oral.linked ? 'signed_out' : 'unreachable'));
}
addEventListener('pagehide', () => oral.leave());
setInterval(() => {
  drawBar(oral);
  room.tick();
  drawLink();
  if (!find('#lobby').hidden) drawLobby();
}, TICK_MS);
draw();
oral.start();
