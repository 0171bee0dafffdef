/** The evaluator's home follows what happens: a candidate who waits, an appointment that moved. */
import htmx from 'htmx.org';
import { watch } from '../live/socket.js';
import { tellWhatWaits } from '../marks/waiting.js';

const topic = document.getElementById('agenda')?.dataset.topic;
const renew = () => {
  const agenda = document.getElementById('agenda');
  if (agenda) htmx.trigger(agenda, 'agenda-changed', {});
};
if (topic) watch(topic, { changed: renew });

const kept = document.getElementById('kept');
if (kept) tellWhatWaits(kept);
