/** The evaluator's home follows what happens: a candidate who waits, an appointment that moved. */
import htmx from 'htmx.org';
import { io } from 'socket.io-client';
import { tellWhatWaits } from '../marks/waiting.js';

const topic = document.getElementById('agenda')?.dataset.topic;
const socket = io({ transports: ['websocket', 'polling'] });
socket.on('connect', () => socket.emit('watch', { topic }, () => {}));
socket.on('changed', () => {
  const agenda = document.getElementById('agenda');
  if (agenda) htmx.trigger(agenda, 'agenda-changed', {});
});

const kept = document.getElementById('kept');
if (kept) tellWhatWaits(kept);
