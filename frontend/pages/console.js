/** The evaluator's console: puts its parts together and draws them from the newest state. */
import { find, write } from '../base/dom.js';
import { closeMenus } from '../base/menus.js';
import { pageData, say } from '../base/words.js';
import { RequestError } from '../base/http.js';
import { drawObserved } from '../live/observed.js';
import { makeAlerts } from '../console/alerting.js';
import { announce } from '../console/announce.js';
import { drawBar } from '../console/bar.js';
import { makeDevices } from '../console/devices.js';
import { draftsOf } from '../console/drafts.js';
import { makeEndings } from '../console/endings.js';
import { makeElsewhere } from '../console/elsewhere.js';
import { makeFace } from '../console/face.js';
import { makeHanding } from '../console/handing.js';
import { makeIdentity } from '../console/identity.js';
import { makeKeyboard, pressFirst } from '../console/keyboard.js';
import { askBeforeLeaving } from '../console/leaving.js';
import { makeLobby } from '../console/lobby.js';
import { makeMarks } from '../console/marks.js';
import { moveNote } from '../console/moving.js';
import { begin } from '../console/oral.js';
import { makeReels } from '../console/reels.js';
import { makeReview } from '../console/review.js';
import { makeRoom } from '../console/room.js';
import { makeScript } from '../console/script.js';
import { makeSubmitting } from '../console/submitting.js';
import { makeTabs } from '../console/tabs.js';
import { makeTalk } from '../console/talk.js';
import { makeTurning } from '../console/turning.js';

const TICK_MS = 250;
/** The buttons that lead on, one a state; before the identity is confirmed, its picture is taken. */
const MAIN = ['submit', 'start', 'identity-confirm', 'admit', 'open'];
/** Acts that are harmless once they were done: the server answers where the oral stands. */
const REPEATABLE = ['open', 'admit', 'start', 'next', 'end'];
const RETRY_MS = 1500;
const TRIES_MS = 30_000;
/** @type {import('../types/shown').ConsolePage} */
const page = pageData();
const oral = await begin(page);
const draft = draftsOf(page);

const notice = find('#notice');
/** @param {string} text */
const warn = (text) => {
  notice.hidden = !text;
  write(find('#notice-words'), text);
};
find('#notice-close', HTMLButtonElement).addEventListener('click', () => warn(''));

/**
 * Do something from a button; a refusal is said on the page, and nothing else happens. What no answer
 * came to is tried again where doing it twice is doing it once, as long as the oral stands where it did.
 * @type {import('../console/oral.js').DoAct}
 */
async function act(name, ...said) {
  const { state, part } = oral.state;
  const until = performance.now() + TRIES_MS;
  warn('');
  for (;;) {
    try {
      const answer = await oral.act(name, ...said);
      warn('');
      return answer;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      const lost = error.status === 0 || error.status >= 502;
      const again = lost && REPEATABLE.includes(name) && performance.now() < until;
      warn(again ? say('unreachable') : lost ? say('unanswered') : error.message || say('unanswered'));
      if (!again) return null;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      if (oral.state.state !== state || oral.state.part !== part) return warn(''), null;
    }
  }
}

const room = makeRoom(oral, page.ice);
makeDevices(room.local);
const turning = makeTurning(oral, act);
const endings = makeEndings(oral, act, turning, draft('incident'));
const review = makeReview(oral, page.base, page.criteria, move, () => drawSheet());
const marks = makeMarks(page, draft('note'), { moment, review, move, opened: draw, changed: drawSheet, warn, reveal: () => showTab('grid') });
const drawReels = makeReels(page.criteria, marks.sheet, review);
const drawSubmitting = makeSubmitting(page, marks.sheet, marks.grid);
const drawLobby = makeLobby(oral, act, () => endings.open('candidate_absent', true));
const drawIdentity = makeIdentity(oral, act, draft('refusal'));
const script = makeScript(oral, act);
const talk = makeTalk(oral, draft('message'));
const showTab = makeTabs();
const drawAlerts = makeAlerts(oral, page.user);
askBeforeLeaving(oral);

const listen = makeKeyboard(marks.letters, {
  ...marks.keys,
  prompt: ({ number }) => script.ask(number),
  mute: () => pressFirst('mute'),
  reveal: () => pressFirst('reveal'),
  next: () => pressFirst('next', 'end'),
  main: () => pressFirst(...(oral.state.identity.picture_url ? [] : ['picture']), ...MAIN),
  drop: () => turning.stay() || talk.close(),
  keys: () => {
    closeMenus(null);
    find('#keys', HTMLDialogElement).showModal();
    return true;
  },
});
const face = makeFace(oral, listen);
const drawHanding = makeHanding();
const drawElsewhere = makeElsewhere(oral, page.base);

/** Where a note made now belongs: in the call, or at the moment that is being played. */
function moment() {
  const played = review.moment();
  if (played) return played;
  return { part: oral.state?.part ?? null, second: oral.second };
}

/** @param {string} name @param {number} second */
function move(name, second) {
  moveNote(marks.sheet, review, name, second);
}

function draw() {
  const state = oral.state;
  const place = find('#console');
  const was = place.dataset.state;
  place.dataset.state = state.state;
  if (was !== state.state && was) announce(say(`state_${state.state}`));
  const lobby = state.state === 'planned' || state.state === 'open';
  const marked = ['ready', 'running', 'ended'].includes(state.state);
  find('#lobby').hidden = !lobby;
  find('#identity').hidden = state.state !== 'identity';
  find('#grid').hidden = !marked || !marks.sheet();
  find('#aborted').hidden = state.state !== 'aborted';
  if (marked) marks.open();
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
  face.draw();
  drawElsewhere();
  drawSheet();
  drawHanding(state);
}

function drawSheet() {
  const sheet = marks.sheet();
  const writes = Boolean(sheet) && !sheet?.locked && ['ready', 'running', 'ended'].includes(oral.state.state);
  find('#compose').hidden = !writes;
  find('#foot').hidden = !writes && find('#start').hidden && find('#next').hidden;
  if (!sheet) return;
  marks.draw();
  review.pins(sheet.notes);
  drawReels();
  drawSubmitting(oral.state?.state === 'ended');
}

find('#take-over', HTMLButtonElement).addEventListener('click', () => act('claim', { take_over: true }));

oral.on('state', draw);
oral.on('link', drawLink);
function drawLink() {
  const fine = oral.linked && !oral.stale;
  find('#offline').hidden = fine;
  if (!fine) write(find('#offline-words'), say(oral.signedOut ? 'signed_out' : 'unreachable'));
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
