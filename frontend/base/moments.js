/**
 * `<time datetime data-local="moment|day|hour">` is written by the server in the exam's zone.
 * For somebody elsewhere it is written again in the browser's zone, and says so; the exam's own
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

const root = document.documentElement;
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const exam = root.dataset.zone ?? here;

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
      new Intl.DateTimeFormat(root.lang, { ...form, timeZone }).format(moment);
    if (say(here) === say(exam)) continue;
    element.title = `${element.textContent?.trim()} (${exam.replace('_', ' ')})`;
    element.textContent = `${say(here)}${root.lang === 'fr' ? ', votre heure' : ', your time'}`;
  }
}

localise(document);
document.addEventListener('htmx:load', (event) => {
  if (event.target instanceof Element && event.target.parentElement) {
    localise(event.target.parentElement);
  }
});
