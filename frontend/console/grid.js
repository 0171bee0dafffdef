/**
 * The grid: six radio groups on one scale, by mouse and wholly by keyboard.
 *
 * Arrows move the mark along the scale and never fall off its ends; up and down change criterion
 * without marking. N says not assessable, Delete takes the mark away. One criterion is active: the
 * one that was last entered, or noted on; its row stands out, and its descriptor is shown.
 */
import { find, make, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { announce } from './announce.js';
import { makeChoice } from './choices.js';
import { composes } from './keys.js';

/** @typedef {import('./sheet.js').Sheet} Sheet */
/** @typedef {import('../types/shown').CriterionShown} Criterion */
/** @typedef {import('../types/shown').ScaleShown} Scale */

const MIDDLE = 9;
const REASON_PAUSE_MS = 500;

/**
 * @param {Criterion[]} criteria
 * @param {Scale} scale
 * @param {() => Sheet|null} sheet
 */
export function makeGrid(criteria, scale, sheet) {
  const levels = [...new Set(Object.keys(scale.levels).map(Number).sort((a, b) => a - b).map((thirds) => scale.levels[thirds]))];
  /** @type {Record<string, string>} what each published level is called */
  const names = Object.fromEntries(levels.map((level) => [level, /^[ABC]/.test(level) ? level : scale.labels[scale.lowest]]));
  const rows = criteria.map((criterion) => {
    const place = /** @type {HTMLElement} */ (document.querySelector(`.vv-marks-row[data-criterion="${criterion.key}"]`));
    return { criterion, place, drawChoice: makeChoice(choiceOf(place), criterion, scale, sheet) };
  });
  let active = 0;

  for (const [at, row] of rows.entries()) {
    const radios = radiosOf(row.place);
    for (const radio of radios) radio.addEventListener('change', () => choose(row.criterion.key, radio.value));
    row.place.addEventListener('focusin', () => activate(at));
    row.place.querySelector('.vv-marks-scale')?.addEventListener('keydown', (event) => move(/** @type {KeyboardEvent} */ (event), at));
    nothing(row.place).addEventListener('change', () => {
      sheet()?.setMark(row.criterion.key, { nothing_to_add: nothing(row.place).checked });
    });
    const reason = reasonOf(row.place);
    /** @type {ReturnType<typeof setTimeout>|undefined} */ let pause;
    const keep = () => {
      clearTimeout(pause);
      if (sheet()?.mark(row.criterion.key).reason !== reason.value) sheet()?.setMark(row.criterion.key, { reason: reason.value });
    };
    reason.addEventListener('input', () => {
      clearTimeout(pause);
      pause = setTimeout(keep, REASON_PAUSE_MS);
    });
    reason.addEventListener('change', keep);
    let before = '';
    reason.addEventListener('focus', () => {
      before = reason.value;
    });
    reason.addEventListener('keydown', (event) => {
      if (composes(event) || !['Enter', 'Escape'].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === 'Escape') reason.value = before;
      keep();
      enter(at);
    });
  }

  /** @param {number} at */
  function activate(at) {
    active = at;
    for (const [number, { place }] of rows.entries()) place.classList.toggle('vv-marks-row--active', number === at);
    describe();
  }

  /**
   * @param {string} key
   * @param {string} value thirds, or "none"
   */
  function choose(key, value) {
    sheet()?.setMark(key, value === 'none' ? { not_assessable: true, thirds: null } : { not_assessable: false, thirds: Number(value) });
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} at
   */
  function move(event, at) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { criterion, place } = rows[at];
    const known = sheet()?.mark(criterion.key);
    const focused = document.activeElement instanceof HTMLInputElement ? document.activeElement.value : '';
    const here = known?.thirds ?? (focused && focused !== 'none' ? Number(focused) : MIDDLE);
    const go = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: scale.lowest, End: scale.highest, PageUp: here + 3, PageDown: here - 3 }[event.key];
    if (go !== undefined) {
      event.preventDefault();
      if (sheet()?.locked) return;
      take(place, criterion.key, String(Math.min(scale.highest, Math.max(scale.lowest, go))));
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      enter(at + (event.key === 'ArrowDown' ? 1 : -1));
    } else if (event.key.toLowerCase() === 'n') {
      event.preventDefault();
      take(place, criterion.key, 'none');
      reasonOf(place).focus();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      sheet()?.setMark(criterion.key, { thirds: null, not_assessable: false });
      announce(say('mark_cleared', { criterion: criterion.name }));
    }
  }

  /**
   * @param {HTMLElement} place
   * @param {string} key
   * @param {string} value
   */
  function take(place, key, value) {
    const radio = radiosOf(place).find((choice) => choice.value === value);
    if (!radio || radio.disabled) return;
    radio.checked = true;
    radio.focus();
    choose(key, value);
  }

  /** @param {number} at */
  function enter(at) {
    const row = rows[Math.min(rows.length - 1, Math.max(0, at))];
    const radios = radiosOf(row.place);
    const mark = sheet()?.mark(row.criterion.key);
    const value = mark?.not_assessable ? 'none' : String(mark?.thirds ?? near(row.criterion.key));
    radios.find((radio) => radio.value === value)?.focus();
  }

  /**
   * Where to begin in a criterion that has no mark: at the mark of a neighbour, else the middle.
   * @param {string} key
   */
  function near(key) {
    const at = rows.findIndex((row) => row.criterion.key === key);
    const ordered = [...rows.slice(0, at).reverse(), ...rows.slice(at + 1)];
    for (const row of ordered) {
      const thirds = sheet()?.mark(row.criterion.key).thirds;
      if (thirds) return thirds;
    }
    return MIDDLE;
  }

  /** Say what the active criterion's level means, and its neighbours. */
  function describe() {
    const { criterion, place } = rows[active];
    const mark = sheet()?.mark(criterion.key);
    const none = Boolean(mark?.not_assessable);
    const focused = radiosOf(place).find((radio) => radio === document.activeElement)?.value;
    const value = mark?.thirds ?? (Number(focused) || near(criterion.key));
    write(find('#descriptor-name'), none ? `${criterion.name} · ${say('not_assessable')}` : criterion.name);
    for (const line of document.querySelectorAll('[data-band]')) {
      const step = Number(line.getAttribute('data-band'));
      const level = none ? undefined : levels[levels.indexOf(scale.levels[value]) + step];
      const words = none && step === 0 ? say('not_assessable_when') : level ? criterion.bands[level] : '';
      const said = level ? `${names[level]} ${words}` : words;
      if (line.textContent !== said) line.replaceChildren(...(level ? [make('b', {}, names[level]), ' '] : []), words);
    }
  }

  return {
    draw() {
      const known = sheet();
      if (!known) return;
      let complete = 0;
      for (const { criterion, place, drawChoice } of rows) {
        const mark = known.mark(criterion.key);
        const value = mark.not_assessable ? 'none' : String(mark.thirds ?? '');
        for (const radio of radiosOf(place)) {
          radio.checked = radio.value === value;
          radio.disabled = known.locked;
        }
        nothing(place).checked = mark.nothing_to_add;
        nothing(place).disabled = known.locked;
        const reason = reasonOf(place);
        reason.hidden = !mark.not_assessable;
        reason.disabled = known.locked;
        if (document.activeElement !== reason) reason.value = mark.reason;
        const notes = known.notes.filter((note) => note.criterion === criterion.key).length;
        write(/** @type {Element} */ (place.querySelector('[data-value]')), mark.not_assessable ? say('not_assessable_short') : mark.thirds ? scale.labels[mark.thirds] : '');
        write(/** @type {Element} */ (place.querySelector('[data-notes]')), notes > 0 ? say(notes > 1 ? 'notes_many' : 'notes_one', { num: notes }) : '');
        const lacks = known.lacks(criterion.key);
        drawChoice();
        place.classList.toggle('vv-marks-row--marked', !lacks.includes('mark'));
        place.dataset.lacks = lacks.join(' ');
        if (lacks.length === 0) complete += 1;
      }
      write(find('#grid-count'), say('grid_count', { num: complete, all: rows.length }));
      write(find('#grid-lacks'), lackingWords(criteria, known, ['evidence']));
      activate(active);
    },
    /**
     * Show the criterion that is being noted on.
     * @param {string} key
     */
    show(key) {
      activate(rows.findIndex(({ criterion }) => criterion.key === key));
    },
    enter,
    /** @param {string} letter */
    enterOf(letter) {
      enter(rows.findIndex(({ criterion }) => criterion.letter === letter));
    },
    /** Tick or untick « nothing to add » of the active criterion. */
    flipNothing() {
      const { criterion } = rows[active];
      const said = !sheet()?.mark(criterion.key).nothing_to_add;
      sheet()?.setMark(criterion.key, { nothing_to_add: said });
      announce(`${criterion.name} : ${say(said ? 'nothing_yes' : 'nothing_no')}`);
    },
    /** Show what keeps the sheet from being submitted. */
    showLacks() {
      for (const { place } of rows) place.classList.toggle('vv-marks-row--lacks', place.dataset.lacks !== '');
      const first = rows.find(({ place }) => place.dataset.lacks !== '');
      if (!first) return;
      if (first.place.dataset.lacks?.startsWith('choice')) choiceOf(first.place).querySelector('button')?.focus();
      else if (first.place.dataset.lacks?.startsWith('evidence')) nothing(first.place).focus();
      else if (first.place.dataset.lacks?.startsWith('reason')) reasonOf(first.place).focus();
      else enter(rows.indexOf(first));
    },
    clearLacks() {
      for (const { place } of rows) if (place.dataset.lacks === '') place.classList.remove('vv-marks-row--lacks');
    },
  };
}

/**
 * What is missing, and of which criteria, by their letters.
 * @param {Criterion[]} criteria
 * @param {Sheet} sheet
 * @param {ReturnType<Sheet['lacks']>} kinds
 * @returns {string} "" where nothing is
 */
export function lackingWords(criteria, sheet, kinds) {
  const said = kinds.map((kind) => {
    const letters = criteria.filter(({ key }) => sheet.lacks(key).includes(kind)).map(({ letter }) => letter);
    return letters.length > 0 ? say(`lacks_${kind}`, { letters: letters.join(', ') }) : '';
  });
  return said.filter(Boolean).join(' · ');
}

/** @param {HTMLElement} place @returns {HTMLInputElement[]} */
const radiosOf = (place) => [...place.querySelectorAll('input')].filter(({ type }) => type === 'radio');
/** @param {HTMLElement} place */
const nothing = (place) => /** @type {HTMLInputElement} */ (place.querySelector('[data-nothing]'));
/** @param {HTMLElement} place */
const reasonOf = (place) => /** @type {HTMLInputElement} */ (place.querySelector('[data-reason]'));
/** @param {HTMLElement} place */
const choiceOf = (place) => /** @type {HTMLElement} */ (place.querySelector('[data-choice]'));
