/** The coordinator's plan follows what happens: an oral booked or moved, a room that opened. */
import htmx from 'htmx.org';
import { io } from 'socket.io-client';

const topic = document.getElementById('plan')?.dataset.topic;
const socket = io({ transports: ['websocket', 'polling'] });
const renew = () => {
  const plan = document.getElementById('plan');
  if (plan) htmx.trigger(plan, 'plan-changed', {});
};
let before = false;
socket.on('connect', () => {
  socket.emit('watch', { topic }, () => {});
  if (before) renew(); // what changed while the network was away was told to nobody here
  before = true;
});
socket.on('changed', renew);
