/**
 * `<time datetime data-local="moment|day|hour">` is written by the server in the account's zone.
 * On a computer that is elsewhere it is written again in its own zone, and says so; the server's
 * words stay as the title. Where both agree nothing changes.
 */

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const FORMS = {
  moment: {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
  day: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  hour: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
};

/** « 1 décembre »: in French the first of a month is an ordinal. */
const FRENCH_FIRST = /(?<=^|\s)(1) (?=\p{L}+ \d{4})/u;
/** @type {Record<string, string>} */
const OF_THIS_COMPUTER = { fr: 'heure de cet ordinateur', en: "this computer's time" };

const root = document.documentElement;
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const account = root.dataset.zone ?? here;

/** @param {ParentNode} within */
export function localise(within) {
  for (const element of within.querySelectorAll('time[data-local]:not([data-done])')) {
    if (!(element instanceof HTMLTimeElement)) continue;
    element.dataset.done = 'yes';
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const form = FORMS[element.dataset.local ?? ''] ?? FORMS.moment;
    /** @param {string} timeZone */
    const say = (timeZone) =>
      new Intl.DateTimeFormat(root.lang, { ...form, timeZone })
        .format(moment)
        .replace(FRENCH_FIRST, '$1er ');
    if (say(here) === say(account)) continue;
    element.title = `${element.textContent?.trim()} (${root.dataset.zoneCity})`;
    element.textContent = `${say(here)}, ${OF_THIS_COMPUTER[root.lang] ?? OF_THIS_COMPUTER.en}`;
  }
}

localise(document);
document.addEventListener('htmx:load', (event) => {
  if (event.target instanceof Element && event.target.parentElement) {
    localise(event.target.parentElement);
  }
});
