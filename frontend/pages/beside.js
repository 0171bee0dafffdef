/** The grid and the notes of an oral on a second screen: no camera, no call, the same sheet and keys. */
import { find, write } from '../base/dom.js';
import { ask, RequestError } from '../base/http.js';
import { pageData, say } from '../base/words.js';
import { draftsOf } from '../console/drafts.js';
import { makeKeyboard } from '../console/keyboard.js';
import { makeMarks } from '../console/marks.js';

/** @type {import('../types/shown').BesidePage} */
const page = pageData();
const MARKED = ['ready', 'running', 'ended'];
/** The server's moment is not believed for longer: the first window may have lost it. */
const STALE_S = 12;

/** @type {import('../types/shown').BesideMoment|null} */ let oral = null;
let since = performance.now();
let reached = true;

const marks = makeMarks(page, draftsOf(page)('note'), {
  moment() {
    if (!oral) return { part: null, second: null };
    const { part, second, state } = oral;
    const gone = Math.min((performance.now() - since) / 1000, STALE_S);
    return { part, second: second === null ? null : second + (state === 'running' ? gone : 0) };
  },
  review: { jump: () => {}, duration: null },
  move: () => {},
  opened: draw,
  changed: draw,
  warn,
  reveal: () => {},
});

const no = () => false;
makeKeyboard(marks.letters, {
  ...marks.keys,
  prompt: no,
  mute: no,
  reveal: no,
  next: no,
  main: no,
  drop: no,
  keys: () => {
    find('#keys', HTMLDialogElement).showModal();
    return true;
  },
});

/** @param {string} words */
function warn(words) {
  find('#notice').hidden = !words;
  write(find('#notice-words'), words);
}

function draw() {
  const state = oral?.state ?? 'planned';
  const marked = MARKED.includes(state);
  if (marked) marks.open();
  const sheet = marks.sheet();
  find('#grid').hidden = !marked || !sheet;
  find('#wait').hidden = marked && Boolean(sheet);
  write(find('#wait-words'), say(state === 'aborted' ? 'state_aborted' : 'beside_waits'));
  const locked = Boolean(sheet?.locked);
  find('#compose').hidden = !sheet || locked;
  write(find('#beside-state'), say(locked ? 'submitted' : `state_${state}`));
  warn(reached ? '' : say('unreachable'));
  marks.draw();
}

async function look() {
  try {
    oral = await ask(`${page.base}beside/moment`);
    since = performance.now();
    reached = true;
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    reached = error.status !== 0 && error.status < 500;
    if (error.status >= 400 && error.status < 500) return warn(say('signed_out'));
  } finally {
    setTimeout(look, page.beat_s * 1000);
  }
  draw();
}
look();
