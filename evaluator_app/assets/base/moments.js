/**
 * `<time datetime data-local="moment|day|time">` is written by the server in the exam's zone.
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
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
};

const root = document.documentElement;
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const exam = root.dataset.zone ?? here;

/** @param {Date} moment @param {string} zone @returns {string} what a wall clock there shows */
const wall = (moment, zone) =>
  moment.toLocaleString('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });

/** @param {ParentNode} within */
export function localise(within) {
  for (const element of within.querySelectorAll('time[data-local]:not([data-done])')) {
    if (!(element instanceof HTMLTimeElement)) continue;
    element.dataset.done = 'yes';
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime()) || wall(moment, here) === wall(moment, exam)) continue;
    const form = FORMS[element.dataset.local ?? ''] ?? FORMS.moment;
    element.title = `${element.textContent?.trim()} (${exam.replace('_', ' ')})`;
    const words = new Intl.DateTimeFormat(root.lang, { ...form, timeZone: here }).format(moment);
    element.textContent = `${words}${root.lang === 'fr' ? ', votre heure' : ', your time'}`;
  }
}

localise(document);
document.addEventListener('htmx:load', (event) => {
  if (event.target instanceof Element && event.target.parentElement) {
    localise(event.target.parentElement);
  }
});
