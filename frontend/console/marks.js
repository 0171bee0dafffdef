/** Grid and notes on one sheet: the part of the console that a second screen has too. */
import { find } from '../base/dom.js';
import { ask, RequestError } from '../base/http.js';
import { makeGrid } from './grid.js';
import { makeNotes } from './notes.js';
import { makeSaving } from './saving.js';
import { Sheet } from './sheet.js';

const AGAIN_MS = 2000;

/**
 * @typedef {object} Around what the page has beside the grid
 * @property {() => {part: number|null, second: number|null}} moment where a note made now belongs
 * @property {import('./notes.js').Review} review the recording, once it plays
 * @property {(note: string, second: number) => void} move binds a note to another second
 * @property {() => void} opened the sheet came, or may be asked for again
 * @property {() => void} changed it has changed
 * @property {(words: string) => void} warn says why there is no sheet
 * @property {() => void} reveal brings the grid into view
 */

/**
 * @param {Pick<import('../types/shown').ConsolePage, 'base'|'criteria'|'scale'|'user'|'most_changes'> & {interview: number|string}} page
 * @param {import('./drafts.js').Draft} draft of a note
 * @param {Around} around
 */
export function makeMarks(page, draft, around) {
  const { criteria, scale } = page;
  /** @type {Sheet|null} */ let sheet = null;
  let asking = false;
  const known = () => sheet;
  const grid = makeGrid(criteria, scale, known);
  const drawSaving = makeSaving(criteria, scale, known);
  const notes = makeNotes(criteria, known, around, scale, grid.show, draft);

  /** @param {() => void} does @returns {boolean} whether there is a grid to do it in */
  function marking(does) {
    if (find('#grid').hidden || !sheet || sheet.locked) return false;
    does();
    return true;
  }

  /** @param {number} at @returns {boolean} */
  const enterFromPage = (at) => document.activeElement === document.body && marking(() => grid.enter(at));

  return {
    grid,
    sheet: known,
    letters: criteria.map(({ letter }) => letter),
    /** @type {Pick<import('./keyboard.js').Does, 'note'|'row'|'first'|'last'|'nothing'>} */
    keys: {
      note: ({ letter }) => marking(() => notes.begin(criteria.find((criterion) => criterion.letter === letter)?.key ?? null)),
      row: ({ letter }) =>
        marking(() => {
          around.reveal();
          grid.enterOf(letter);
        }),
      first: () => enterFromPage(0),
      last: () => enterFromPage(criteria.length - 1),
      nothing: () => marking(grid.flipNothing),
    },
    /** Ask for the sheet, until it comes. */
    async open() {
      if (asking || sheet) return;
      asking = true;
      try {
        sheet = new Sheet(await ask(`${page.base}scoresheet`, { method: 'POST', json: {} }), page);
        sheet.addEventListener('change', around.changed);
        around.opened();
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        if (error.status >= 400 && error.status < 500) around.warn(error.message);
        setTimeout(around.opened, AGAIN_MS);
      } finally {
        asking = false;
      }
    },
    draw() {
      if (!sheet) return;
      grid.draw();
      grid.clearLacks();
      notes.draw();
      drawSaving();
      find('#grid').classList.toggle('vv-marks--locked', sheet.locked);
    },
  };
}
