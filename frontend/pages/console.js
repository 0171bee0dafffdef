/** The evaluator's console: puts its parts together and draws them from the newest state. */
import { find, write } from '../base/dom.js';
import { pageData, say } from '../base/words.js';
import { ask, RequestError } from '../base/http.js';
import { drawObserved } from '../live/observed.js';
import { makeAlerts } from '../console/alerting.js';
import { announce } from '../console/announce.js';
import { drawBar } from '../console/bar.js';
import { makeDevices } from '../console/devices.js';
import { draftsOf } from '../console/drafts.js';
import { makeEndings } from '../console/endings.js';
import { makeGrid } from '../console/grid.js';
import { makeIdentity } from '../console/identity.js';
import { makeKeyboard, pressFirst } from '../console/keyboard.js';
import { askBeforeLeaving } from '../console/leaving.js';
import { makeLobby } from '../console/lobby.js';
import { makeNotes } from '../console/notes.js';
import { begin } from '../console/oral.js';
import { makeReels } from '../console/reels.js';
import { makeReview } from '../console/review.js';
import { makeRoom } from '../console/room.js';
import { makeSaving } from '../console/saving.js';
import { makeScript } from '../console/script.js';
import { Sheet } from '../console/sheet.js';
import { makeSubmitting } from '../console/submitting.js';
import { makeTabs } from '../console/tabs.js';
import { makeTalk } from '../console/talk.js';
import { minutes } from '../console/times.js';
import { makeTurning } from '../console/turning.js';

const TICK_MS = 250;
/** The buttons that lead on, one a state; before the identity is confirmed, its picture is taken. */
const MAIN = ['submit', 'start', 'identity-confirm', 'admit', 'open'];
/** @type {import('../types/shown').ConsolePage} */
const page = pageData();
const oral = await begin(page);
const draft = draftsOf(page);
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
const turning = makeTurning(oral, act);
const endings = makeEndings(oral, act, turning, draft('incident'));
const review = makeReview(oral, page.base, page.criteria, moveNote, () => drawSheet());
const grid = makeGrid(page.criteria, page.scale, () => sheet);
const drawReels = makeReels(page.criteria, () => sheet, review);
const drawSaving = makeSaving(page.criteria, page.scale, () => sheet);
const notes = makeNotes(page.criteria, () => sheet, moment, review, moveNote, page.scale, grid.show, draft('note'));
const drawSubmitting = makeSubmitting(page, () => sheet, grid);
const drawLobby = makeLobby(oral, act, () => endings.open('candidate_absent', true));
const drawIdentity = makeIdentity(oral, act, draft('refusal'));
const script = makeScript(oral, act);
const talk = makeTalk(oral, draft('message'));
const showTab = makeTabs();
const drawAlerts = makeAlerts(oral, page.user);
askBeforeLeaving(oral);

/** @param {() => void} does @returns {boolean} whether there is a grid to do it in */
function marking(does) {
  if (find('#grid').hidden || !sheet || sheet.locked) return false;
  does();
  return true;
}

/** @param {number} at @returns {boolean} */
const enterFromPage = (at) => document.activeElement === document.body && marking(() => grid.enter(at));

makeKeyboard(page.criteria.map(({ letter }) => letter), {
  note: ({ letter }) => marking(() => notes.begin(page.criteria.find((criterion) => criterion.letter === letter)?.key ?? null)),
  row: ({ letter }) =>
    marking(() => {
      showTab('grid');
      grid.enterOf(letter);
    }),
  first: () => enterFromPage(0),
  last: () => enterFromPage(page.criteria.length - 1),
  nothing: () => marking(grid.flipNothing),
  prompt: ({ number }) => script.ask(number),
  mute: () => pressFirst('mute'),
  reveal: () => pressFirst('reveal'),
  next: () => pressFirst('next', 'end'),
  main: () => pressFirst(...(oral.state.identity.picture_url ? [] : ['picture']), ...MAIN),
  drop: () => turning.stay() || talk.close(),
  keys: () => {
    find('#keys', HTMLDialogElement).showModal();
    return true;
  },
});

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
  script.draw();
  turning.draw();
  talk.draw();
  drawAlerts();
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
  const writes = Boolean(sheet) && !sheet?.locked && ['ready', 'running', 'ended'].includes(oral.state.state);
  find('#compose').hidden = !writes;
  find('#foot').hidden = !writes && find('#start').hidden && find('#next').hidden;
  if (!sheet) return;
  grid.draw();
  grid.clearLacks();
  notes.draw();
  review.pins(sheet.notes);
  drawReels();
  drawSaving();
  drawSubmitting(oral.state?.state === 'ended');
  find('#grid').classList.toggle('vv-marks--locked', sheet.locked);
}

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
