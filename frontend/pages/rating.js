/** Marking an oral from its recording: the console's grid and notes at the seconds that are heard. */
import { find, write } from '../base/dom.js';
import { ask, RequestError } from '../base/http.js';
import { pageData, say } from '../base/words.js';
import { draftsOf } from '../console/drafts.js';
import { makeKeyboard, pressFirst } from '../console/keyboard.js';
import { makeMarks } from '../console/marks.js';
import { moveNote } from '../console/moving.js';
import { makeReels } from '../console/reels.js';
import { makeReview } from '../console/review.js';
import { makeSubmitting } from '../console/submitting.js';
import { makeTabs } from '../console/tabs.js';

/** @type {import('../types/shown').RatingPage} */
const page = pageData();
const draft = draftsOf(page);
/** States of a recording after which it may still become another one. */
const COMING = ['running', 'muxing'];
/** The review reads of an oral that it is over, and how its recording stands. */
const oral = { state: { state: /** @type {const} */ ('ended'), incidents: [], recording: { state: 'muxing' } } };

const notice = find('#notice');
/** @param {string} text */
const warn = (text) => {
  notice.hidden = !text;
  write(find('#notice-words'), text);
};
find('#notice-close', HTMLButtonElement).addEventListener('click', () => warn(''));

const review = makeReview(oral, page.base, page.criteria, move, () => draw(), pins());
const showTab = makeTabs();
const marks = makeMarks(page, draft('note'), {
  moment: () => review.moment() ?? { part: null, second: null },
  review,
  move,
  opened: draw,
  changed: draw,
  warn,
  reveal: () => showTab('grid'),
});
const drawReels = makeReels(page.criteria, marks.sheet, review);
const drawSubmitting = makeSubmitting(page, marks.sheet, marks.grid, draft('reasons'));

const no = () => false;
makeKeyboard(marks.letters, {
  ...marks.keys,
  prompt: no,
  mute: no,
  reveal: no,
  next: no,
  main: () => pressFirst('submit'),
  drop: no,
  keys: () => {
    find('#keys', HTMLDialogElement).showModal();
    return true;
  },
});

/** @param {string} name @param {number} second */
function move(name, second) {
  moveNote(marks.sheet, review, name, second);
}

function draw() {
  marks.open();
  review.draw();
  const sheet = marks.sheet();
  find('#grid').hidden = !sheet;
  find('#foot').hidden = !sheet || sheet.locked;
  find('#compose').hidden = !sheet || sheet.locked;
  for (const asked of document.querySelectorAll('#due, [data-opens="known"]')) if (asked instanceof HTMLElement) asked.hidden = Boolean(sheet?.locked);
  if (!sheet) return;
  marks.draw();
  review.pins(sheet.notes);
  drawReels();
  drawSubmitting(true);
}

/** @returns {import('../playback/waveform.js').Note[]} the remarks of those between whom it is settled */
function pins() {
  return [...document.querySelectorAll('[data-playback-note]')].map((pin) => {
    const { second, label, title } = /** @type {HTMLElement} */ (pin).dataset;
    return { second: Number(second), label: label ?? '', title };
  });
}
document.addEventListener('click', ({ target }) => {
  const pin = target instanceof Element && target.closest('[data-playback-note]');
  if (pin instanceof HTMLElement) review.jump(Number(pin.dataset.second));
});

/** Ask how the recording stands, until it can be played or never will. */
async function look() {
  try {
    /** @type {import('../types/shown').RecordingsShown} */
    const { state } = await ask(`${page.base}recording`);
    oral.state.recording.state = state;
    warn('');
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    warn(error.status >= 400 && error.status < 500 ? say('signed_out') : say('unreachable'));
  }
  draw();
  if (COMING.includes(oral.state.recording.state)) setTimeout(look, page.beat_s * 1000);
}
look();
draw();
