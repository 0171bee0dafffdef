/** The coordinator's plan follows what happens: an oral booked or moved, a room that opened. */
import htmx from 'htmx.org';
import { watch } from '../live/socket.js';

const topic = document.getElementById('plan')?.dataset.topic;
const renew = () => {
  const plan = document.getElementById('plan');
  if (plan) htmx.trigger(plan, 'plan-changed', {});
};
let before = false;
const connected = () => {
  if (before) renew();
  before = true;
};
if (topic) watch(topic, { changed: renew, connected });
