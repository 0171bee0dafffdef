/**
 * The grid: six radio groups on one scale, by mouse and wholly by keyboard.
 *
 * Arrows move the mark along the scale and never fall off its ends; up and down change criterion
 * without marking. N says not assessable, Delete takes the mark away.
 */
import { find, typing, write } from '../base/dom.js';
import { say } from '../base/words.js';
import { makeChoice } from './choices.js';
import { announce } from './announce.js';

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
  const rows = criteria.map((criterion) => {
    const place = /** @type {HTMLElement} */ (document.querySelector(`.vv-marks-row[data-criterion="${criterion.key}"]`));
    return { criterion, place, drawChoice: makeChoice(choiceOf(place), criterion, scale, sheet) };
  });
  /** @type {{key: string, value: string}|null} */ let looked = null;

  for (const [at, row] of rows.entries()) {
    const radios = radiosOf(row.place);
    for (const radio of radios) {
      radio.addEventListener('change', () => choose(row.criterion.key, radio.value));
      radio.addEventListener('focus', () => describe(row.criterion, radio.value));
      radio.parentElement?.addEventListener('pointerenter', () => describe(row.criterion, radio.value));
    }
    row.place.addEventListener('pointerleave', () => settle());
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
  }

  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing() || find('#grid').hidden) return;
    if (!['ArrowUp', 'ArrowDown'].includes(event.key) || document.activeElement !== document.body) return;
    event.preventDefault();
    enter(event.key === 'ArrowUp' ? rows.length - 1 : 0);
  });

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

  /**
   * @param {Criterion} criterion
   * @param {string} value
   */
  function describe(criterion, value) {
    looked = { key: criterion.key, value };
    const none = value === 'none';
    write(find('#descriptor-name'), `${criterion.name} · ${none ? say('not_assessable') : scale.labels[value]}`);
    write(find('#descriptor-text'), none ? say('not_assessable_when') : criterion.bands[scale.levels[value]]);
  }

  /** The pointer went: back to what the keyboard is at. */
  function settle() {
    const at = document.activeElement;
    const row = rows.find(({ place }) => place.contains(at));
    if (row && at instanceof HTMLInputElement && at.type === 'radio') describe(row.criterion, at.value);
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
      if (!looked) describe(criteria[0], String(known.mark(criteria[0].key).thirds ?? MIDDLE));
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
 * Tablet: the grid is a sheet that comes up from below.
 * @returns {(up: boolean) => void}
 */
export function makeSheetToggle() {
  const toggle = find('#sheet-toggle', HTMLButtonElement);
  /** @param {boolean} up */
  const show = (up) => {
    toggle.setAttribute('aria-expanded', String(up));
    find('#side').classList.toggle('vv-console-side--up', up);
  };
  toggle.addEventListener('click', () => show(toggle.getAttribute('aria-expanded') !== 'true'));
  return show;
}

/** @param {HTMLElement} place @returns {HTMLInputElement[]} */
const radiosOf = (place) => [...place.querySelectorAll('input')].filter(({ type }) => type === 'radio');
/** @param {HTMLElement} place */
const nothing = (place) => /** @type {HTMLInputElement} */ (place.querySelector('[data-nothing]'));
/** @param {HTMLElement} place */
const reasonOf = (place) => /** @type {HTMLInputElement} */ (place.querySelector('[data-reason]'));
/** @param {HTMLElement} place */
const choiceOf = (place) => /** @type {HTMLElement} */ (place.querySelector('[data-choice]'));
